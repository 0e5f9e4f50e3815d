# SPDX-License-Identifier: Apache-2.0
"""Replaces the Redis of a running server by a newer one with infra/redis/replica, while decisions go on."""

import os
import signal
import subprocess
import threading
import time

import pytest

from availability import unavailable
from caller import LEASE, Caller
from conftest import running_server
from proxy import Proxy
from redis_server import REDIS, Client, Server, binaries, create_secrets

REPLICA = REDIS / "replica"
# Frees a unit in ten minutes.
LIMIT = {"name": "orders", "subject": "all", "limit": 4320, "windowSeconds": 2_592_000}


@pytest.fixture
def servers(tmp_path):
    """Two empty servers: the oldest supported version and the installed one."""
    found = binaries(tmp_path)
    if len(found) < 2:
        unavailable(f"two versions of Redis are needed, not {list(found)}")
    create_secrets(tmp_path)
    old = Server(found["6.2"], tmp_path, data="old")
    new = Server(found["installed"], tmp_path, data="new")
    old.operator.call("CONFIG", "SET", "repl-diskless-sync-delay", "0")
    yield old, new
    for server in (old, new):
        server.process.kill()
        server.process.wait(30)


def replica(servers, *arguments, **more):
    old, new = servers
    environment = old.environment() | {"REDIS_HOST": "127.0.0.1", "REPLICA_HOST": "127.0.0.1", "REPLICA_PORT": str(new.port)}
    return subprocess.run([REPLICA, *arguments], env=environment | more, capture_output=True, text=True, timeout=120)


def role(server):
    return Client(server.port, server.ca, "operator", server.secrets["REDIS_OPERATOR_PASSWORD"]).call("ROLE")[0]


class Traffic:
    """Claims and completes one key after another, and charges a limit for each, until stopped."""

    def __init__(self, url):
        self.call, self.completed, self.charged, self.unexpected, self.degraded = Caller(url), [], 0, [], 0
        self.longest_pause, self.last = 0, time.monotonic()
        self.running = True
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        number = 0
        while self.running:
            number += 1
            self.once(f"order-{number}")

    def once(self, key):
        status, claim = self.decide("/v1/idempotency/claims", {"key": key, **LEASE})
        if status == 201:
            done = {"key": key, "owner": claim["owner"], "response": {"status": 201, "body": key}}
            if self.decide("/v1/idempotency/claims/complete", done)[0] == 200:
                self.completed.append(key)
        status, check = self.decide("/v1/rate-limits/check", {"limits": [LIMIT]})
        if status == 200 and not check["degraded"]:
            self.charged += 1
            self.longest_pause = max(self.longest_pause, time.monotonic() - self.last)
            self.last = time.monotonic()

    def decide(self, path, body):
        status, response = self.call(path, body)
        if status not in (200, 201, 503) or status == 503 and "store-unavailable" not in response["type"]:
            self.unexpected.append((path, status, response))
        self.degraded += status == 503 or response["degraded"]
        return status, response

    def await_decisions(self, count):
        """Waits for further decisions by Redis."""
        wanted, limit = self.charged + count, time.monotonic() + 60
        while self.charged < wanted:
            assert time.monotonic() < limit and self.thread.is_alive()
            time.sleep(0.01)

    def stop(self):
        self.running = False
        self.thread.join(60)


def test_decisions_go_on_while_a_new_version_replaces_redis(servers, tmp_path):
    old, new = servers
    target = tmp_path / "port"
    target.write_text(str(old.port))
    with (
        Proxy(target) as proxy,
        running_server(
            tmp_path,
            REDIS_URL=f"rediss://gatehouse:{old.password}@localhost:{proxy.port}",
            REDIS_CA_FILE=str(old.ca),
            REDIS_COMMAND_TIMEOUT="1000",
        ) as url,
    ):
        traffic = Traffic(url)
        try:
            traffic.await_decisions(20)
            followed = replica(servers, "follow")
            assert followed.returncode == 0, followed.stderr
            assert "in sync" in replica(servers, "status").stdout
            traffic.await_decisions(20)

            (tmp_path / "new port").write_text(str(new.port))
            promoted = replica(servers, "promote", "mv", str(tmp_path / "new port"), str(target))
            assert promoted.returncode == 0, promoted.stderr
            assert (role(old), role(new)) == ("slave", "master")
            traffic.await_decisions(50)
            old.process.kill()
            traffic.await_decisions(20)
        finally:
            traffic.stop()

        assert traffic.unexpected == []
        assert traffic.longest_pause < 10, "a switch takes a fraction of a second on an idle machine"
        call = Caller(url)
        assert call("/health/redis", method="GET")[1]["server"]["version"] == new.operator.call("INFO").split("redis_version:")[1].split()[0]
        for key in traffic.completed:
            status, claim = call("/v1/idempotency/claims", {"key": key, **LEASE})
            assert (status, claim["response"]["body"], claim["degraded"]) == (200, key, False)
        left = call("/v1/rate-limits/check", {"limits": [{**LIMIT, "cost": 0}]})[1]["limits"][0]["remaining"]
        # A charge without a reply may have been made, and a unit freed.
        assert traffic.charged - 1 <= LIMIT["limit"] - left <= traffic.charged + traffic.degraded
        print(f"{len(traffic.completed)} claims, {traffic.degraded} without Redis, pause {traffic.longest_pause:.2f} s")


@pytest.mark.parametrize("database", ["0", "5"])
def test_a_server_with_keys_is_not_overwritten(servers, database):
    _, new = servers
    new.operator.call("SELECT", database)
    new.operator.call("SET", "gh:k", "v", "PX", "600000")

    result = replica(servers, "follow")

    assert (result.returncode, "has keys" in result.stderr) == (4, True)
    assert (role(new), new.operator.call("GET", "gh:k")) == ("master", "v")
    assert replica(servers, "follow", "--force").returncode == 0
    assert new.gatehouse().call("GET", "gh:k") is None


def test_a_server_that_does_not_follow_is_not_promoted(servers):
    old, new = servers

    result = replica(servers, "promote", "false")

    assert (result.returncode, "does not follow" in result.stderr) == (4, True)
    assert (role(old), role(new)) == ("master", "master")


def test_a_replica_that_does_not_catch_up_is_not_promoted(servers):
    old, new = servers
    assert replica(servers, "follow").returncode == 0
    # A frozen replica acknowledges nothing. The script's first look at it needs a reply, so a shell freezes it then.
    freeze = f"kill -STOP {new.process.pid}"
    wrapper = new.folder / "bin"
    wrapper.mkdir()
    (wrapper / "redis-cli").write_text(
        f"""#!/bin/sh
case "$*" in *FAILOVER*) {freeze}; PATH="$REAL" redis-cli -p {old.port} -h 127.0.0.1 --tls --cacert {old.ca} --user operator SET gh:k v PX 600000;; esac
PATH="$REAL" exec redis-cli "$@"
"""
    )
    (wrapper / "redis-cli").chmod(0o755)
    path = os.environ["PATH"]

    try:
        result = replica(servers, "promote", "false", REAL=path, PATH=f"{wrapper}:{path}", REPLICA_SWITCH_MILLIS="500")
    finally:
        os.kill(new.process.pid, signal.SIGCONT)

    assert (result.returncode, "Nothing has changed" in result.stderr) == (1, True), result
    assert role(old) == "master"
    assert old.gatehouse().call("SET", "gh:after", "v", "PX", "600000") == "OK"


def test_a_failing_command_after_the_switch_is_reported(servers):
    old, new = servers
    assert replica(servers, "follow").returncode == 0

    result = replica(servers, "promote", "false")

    assert (result.returncode, "direct the clients" in result.stderr) == (3, True)
    assert (role(old), role(new)) == ("slave", "master")
    assert new.operator.call("CONFIG", "GET", "replica-serve-stale-data")[1] == "no"


@pytest.mark.parametrize(
    "arguments, environment",
    [([], {}), (["x"], {}), (["follow", "x"], {}), (["status"], {"REPLICA_PORT": ""}), (["follow"], {"REPLICA_TIMEOUT": "x"})],
)
def test_wrong_usage_is_reported(arguments, environment):
    given = {**os.environ, "REPLICA_HOST": "127.0.0.1", "REPLICA_PORT": "1"} | environment
    result = subprocess.run([REPLICA, *arguments], env=given, capture_output=True, text=True, timeout=60)

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr
