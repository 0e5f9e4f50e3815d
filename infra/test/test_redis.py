"""A real server with infra/redis, asked as the functions would."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from stack import INFRA, source

REDIS = INFRA / "redis"
ROOT = INFRA.parent

# Arguments with which a command is one that Redis takes; whether it does what one would like is no matter here.
ARGUMENTS = {
    "DEL": ["gh:k"],
    "EXISTS": ["gh:k"],
    "GET": ["gh:k"],
    "HDEL": ["gh:h", "f"],
    "HEXISTS": ["gh:h", "f"],
    "HGET": ["gh:h", "f"],
    "HGETALL": ["gh:h"],
    "HINCRBY": ["gh:h", "n", "1"],
    "HKEYS": ["gh:h"],
    "HLEN": ["gh:h"],
    "HMGET": ["gh:h", "f", "g"],
    "HSET": ["gh:h", "f", "v"],
    "LPOP": ["gh:l"],
    "LRANGE": ["gh:l", "0", "-1"],
    "PEXPIRE": ["gh:k", "1000"],
    "PTTL": ["gh:k"],
    "RPUSH": ["gh:l", "v"],
    "SET": ["gh:k", "v", "PX", "1000"],
    "TIME": [],
    "TYPE": ["gh:k"],
    "UNLINK": ["gh:k"],
    "ZADD": ["gh:z", "1", "m"],
    "ZCARD": ["gh:z"],
    "ZCOUNT": ["gh:z", "-inf", "+inf"],
    "ZRANGE": ["gh:z", "0", "-1"],
    "ZRANGEBYSCORE": ["gh:z", "-inf", "+inf"],
    "ZREM": ["gh:z", "m"],
    "ZREMRANGEBYSCORE": ["gh:z", "-inf", "+inf"],
    "ZSCORE": ["gh:z", "m"],
}

DENIED = [
    ["ACL", "LIST"],
    ["BLPOP", "gh:l", "1"],
    ["CLIENT", "KILL", "TYPE", "normal"],
    ["CONFIG", "GET", "*"],
    ["DEBUG", "SLEEP", "0"],
    ["FLUSHALL"],
    ["FLUSHDB"],
    ["GET", "other"],
    ["KEYS", "*"],
    ["MIGRATE", "127.0.0.1", "1", "gh:k", "0", "10"],
    ["MONITOR"],
    ["RANDOMKEY"],
    ["REPLICAOF", "127.0.0.1", "1"],
    ["SAVE"],
    ["SCAN", "0"],
    ["SCRIPT", "FLUSH"],
    ["SHUTDOWN", "NOSAVE"],
    ["SUBSCRIBE", "c"],
    ["SWAPDB", "0", "1"],
]


class Refused(Exception):
    """Redis answered with an error."""


class Client:
    """A few words of RESP over TLS."""

    def __init__(self, port, ca, *login):
        context = ssl.create_default_context(cafile=ca)
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname="localhost")
        self.file = self.socket.makefile("rb")
        if login:
            self.call("AUTH", *login)

    def call(self, *words):
        words = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self._read()

    def _read(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("closed")
        kind, rest = line[:1], line[1:-2].decode()
        match kind:
            case b"+":
                return rest
            case b"-":
                raise Refused(rest)
            case b":":
                return int(rest)
            case b"$" | b"=":
                return None if rest == "-1" else self.file.read(int(rest) + 2)[:-2].decode()
            case b"*" | b"%":
                return [self._read() for _ in range(int(rest) * (2 if kind == b"%" else 1))]
        raise ValueError(line)

    def close(self):
        self.socket.close()


class Server:
    """The server of infra/redis, in a folder of its own."""

    def __init__(self, binary, folder, *more):
        self.folder, self.binary, self.more = folder, binary, more
        self.secrets = dict(
            line.split("=", 1) for line in (folder / "local/target/caller.env").read_text().splitlines()
        ) | dict(line.split("=", 1) for line in (folder / "local/target/gatehouse.env").read_text().splitlines())
        self.password = re.search(r"gatehouse:(\w+)@", self.secrets["REDIS_URL"])[1]
        self.ca = folder / "local/target/tls/ca.crt"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self):
        tls, data = self.folder / "local/target/tls", self.folder / "data"
        data.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [self.binary, REDIS / "redis.conf", "--tls-port", str(self.port), "--bind", "127.0.0.1"]
            + ["--tls-cert-file", tls / "redis.crt", "--tls-key-file", tls / "redis.key", "--tls-ca-cert-file", self.ca]
            + ["--aclfile", self.folder / "local/target/acl/users.acl", *self.more],
            cwd=data,
            stdout=(self.folder / "redis.log").open("ab"),
            stderr=subprocess.STDOUT,
        )
        limit = time.monotonic() + 30
        while True:
            try:
                self.operator = Client(self.port, self.ca, "operator", self.secrets["REDIS_OPERATOR_PASSWORD"])
                self.operator.call("PING")
                return
            except (OSError, Refused):
                if self.process.poll() is not None or time.monotonic() > limit:
                    self.stop()
                    raise AssertionError((self.folder / "redis.log").read_text()) from None
                time.sleep(0.05)

    def gatehouse(self):
        return Client(self.port, self.ca, "gatehouse", self.password)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def binaries(folder):
    """The servers to be had: this machine's, and the oldest that is supported, out of the tests' own library."""
    found = {}
    installed = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    if installed:
        # One program, which goes by the name it is called with.
        link = folder / "redis-server"
        link.symlink_to(Path(installed).resolve())
        found["installed"] = link
    jars = sorted(Path(os.environ.get("MAVEN_REPO", Path.home() / ".m2/repository")).glob("**/embedded-redis-*.jar"))
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine)
    for jar in jars[-1:]:
        with zipfile.ZipFile(jar) as packed:
            for name in packed.namelist():
                if re.search(rf"redis-server-6\.2.*linux.*{machine}", name):
                    file = folder / "redis-server-6.2"
                    file.write_bytes(packed.read(name))
                    file.chmod(0o755)
                    found["6.2"] = file
    return found


@pytest.fixture(scope="module", params=["installed", "6.2"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("redis")
    found = binaries(folder)
    assert found, "no Redis here: install redis-tools, or build the tests once"
    if request.param not in found:
        pytest.skip(f"no such Redis here; tested with {list(found)}")
    shutil.copytree(INFRA / "local", folder / "local", ignore=shutil.ignore_patterns("target"))
    shutil.copytree(REDIS, folder / "redis")
    subprocess.run([folder / "local/secrets"], check=True)
    server = Server(found[request.param], folder)
    yield server
    server.stop()


def commands_of_scripts():
    return sorted(
        {
            command.upper()
            for script in ROOT.glob("*/*/src/main/resources/**/*.lua")
            for command in re.findall(r"redis\.p?call\(\s*['\"](\w+)['\"]", script.read_text())
        }
    )


def test_scripts_ask_with_known_commands():
    used = commands_of_scripts()

    assert len(used) > 10
    assert [one for one in used if one not in ARGUMENTS] == []


def test_the_functions_may_run_every_command_of_their_scripts(server):
    client = server.gatehouse()
    denied = []
    for command, arguments in ARGUMENTS.items():
        keys = arguments[:1]
        call = "return redis.call(ARGV[1], unpack(ARGV, 2))"
        try:
            client.call("EVAL", call, len(keys), *keys, command, *arguments)
        except Refused as refused:
            denied.append(f"{command}: {refused}")
    assert denied == []


def test_the_functions_may_open_a_connection_and_look_at_the_server(server):
    client = Client(server.port, server.ca)
    client.call("HELLO", "3", "AUTH", "gatehouse", server.password, "SETNAME", "gatehouse")
    for command in (["PING"], ["SELECT", "0"], ["CLIENT", "SETNAME", "gatehouse"], ["TIME"], ["INFO"], ["SLOWLOG", "LEN"]):
        client.call(*command)
    client.call("SLOWLOG", "GET", "1")
    client.call("EVAL", "return 1", "1", "gh:k")
    with pytest.raises(Refused, match="NOSCRIPT"):
        client.call("EVALSHA", "0" * 40, "1", "gh:k")


@pytest.mark.parametrize("command", DENIED, ids=" ".join)
def test_the_functions_may_do_nothing_else(server, command):
    # DEBUG is off for everybody, which a newer server says first.
    with pytest.raises(Refused, match="NOPERM|DEBUG command not allowed"):
        server.gatehouse().call(*command)


def test_a_script_may_do_no_more_than_its_user(server):
    client = server.gatehouse()
    for call in ("redis.call('FLUSHALL')", "redis.call('SET', 'other', 'v')", "redis.call('KEYS', '*')"):
        with pytest.raises(Refused, match="(?i)NOPERM|can't run this command|can't access|No permissions"):
            client.call("EVAL", f"return {call}", "1", "gh:k")


def test_nobody_gets_in_without_a_password_but_the_probe_which_may_only_ping(server):
    with pytest.raises(Refused, match="NOAUTH"):
        Client(server.port, server.ca).call("PING")
    for login in (["x"], ["default", ""], ["gatehouse", "wrong"], ["operator", server.password]):
        with pytest.raises(Refused, match="WRONGPASS"):
            Client(server.port, server.ca, *login)
    probe = Client(server.port, server.ca, "probe", "any")
    assert probe.call("PING") == "PONG"
    with pytest.raises(Refused, match="NOPERM"):
        probe.call("GET", "gh:k")


def test_it_speaks_tls_only(server):
    with socket.create_connection(("127.0.0.1", server.port), 10) as plain:
        plain.sendall(b"PING\r\n")
        try:
            assert b"PONG" not in plain.recv(100)
        except ConnectionResetError:
            pass
    (port,) = [line for line in server.operator.call("INFO", "server").split("\r\n") if line.startswith("tcp_port")]
    assert port == f"tcp_port:{server.port}"


def test_it_refuses_writes_when_it_is_full_and_drops_nothing(server):
    client = server.gatehouse()
    client.call("SET", "gh:claim", "v", "PX", "600000")
    server.operator.call("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(Refused, match="OOM"):
            client.call("SET", "gh:more", "v", "PX", "600000")
        assert client.call("GET", "gh:claim") == "v"
    finally:
        server.operator.call("CONFIG", "SET", "maxmemory", "256mb")


def test_what_was_written_survives_a_restart_without_a_snapshot(server):
    server.operator.call("ACL", "LOG", "RESET")
    client = server.gatehouse()
    # What a script writes is logged as a transaction, of which the server asks its users' rules when it reads it again.
    client.call(
        "EVAL",
        "redis.call('HSET', KEYS[1], 'f', 'v') redis.call('PEXPIRE', KEYS[1], 600000) return redis.call('PTTL', KEYS[1])",
        "1",
        "gh:hash",
    )
    client.call("SET", "gh:survivor", "v", "PX", "600000")
    assert "aof_enabled:1" in server.operator.call("INFO", "persistence")
    # The log has it within a second; after that a kill loses nothing.
    limit = time.monotonic() + 20
    while "gh:survivor" not in written(server.folder / "data"):
        assert time.monotonic() < limit
        time.sleep(0.05)
    server.process.kill()
    server.process.wait(30)
    server.start()

    assert server.gatehouse().call("GET", "gh:survivor") == "v"
    assert server.gatehouse().call("HGET", "gh:hash", "f") == "v"
    assert server.operator.call("ACL", "LOG") == []


def written(folder):
    return "".join(file.read_bytes().decode(errors="replace") for file in folder.rglob("*") if file.suffix == ".aof")


def test_every_setting_is_as_the_file_says(server):
    """A later line, or a server that reads one otherwise, would make the comments lie."""
    for name, value in {
        "maxmemory-policy": "noeviction",
        "maxmemory": str(256 * 1024 * 1024),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "replica-serve-stale-data": "no",
        "lua-time-limit": "500",
        "maxclients": "10000",
    }.items():
        assert server.operator.call("CONFIG", "GET", name)[1] == value, name


def test_the_cache_that_the_template_creates_lets_its_user_do_the_same():
    (here,) = re.findall(r"^user gatehouse on #\w+ resetchannels (.*)$", (REDIS / "users.acl").read_text(), re.M)

    assert source()["Resources"]["CacheUser"]["Properties"]["AccessString"].split() == ["on", *here.split()]
