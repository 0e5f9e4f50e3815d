# SPDX-License-Identifier: Apache-2.0
"""Runs a real server with the configuration of infra/redis and sends the commands of the functions."""

import re
import socket
import time

import pytest

from availability import unavailable
from redis_server import REDIS, Client, RedisError, Server, binaries, create_secrets
from stack import INFRA, source

ROOT = INFRA.parent

# Arguments that Redis accepts for each command. The results do not matter here.
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
    "HSTRLEN": ["gh:h", "f"],
    "HVALS": ["gh:h"],
    "LPOP": ["gh:l"],
    "LRANGE": ["gh:l", "0", "-1"],
    "PERSIST": ["gh:k"],
    "PEXPIRE": ["gh:k", "1000"],
    "PTTL": ["gh:k"],
    "PUBLISH": ["gh:c", "m"],
    "RPUSH": ["gh:l", "v"],
    "SET": ["gh:k", "v", "PX", "1000"],
    "TIME": [],
    "TYPE": ["gh:k"],
    "UNLINK": ["gh:k"],
    "XADD": ["gh:s", "*", "f", "v"],
    "XLEN": ["gh:s"],
    "XRANGE": ["gh:s", "-", "+"],
    "XREVRANGE": ["gh:s", "+", "-"],
    "XTRIM": ["gh:s", "MAXLEN", "10"],
    "ZADD": ["gh:z", "1", "m"],
    "ZCARD": ["gh:z"],
    "ZCOUNT": ["gh:z", "-inf", "+inf"],
    "ZRANGE": ["gh:z", "0", "-1"],
    "ZRANGEBYLEX": ["gh:z", "-", "+"],
    "ZRANGEBYSCORE": ["gh:z", "-inf", "+inf"],
    "ZREM": ["gh:z", "m"],
    "ZREMRANGEBYSCORE": ["gh:z", "-inf", "+inf"],
    "ZREVRANGEBYSCORE": ["gh:z", "+inf", "-inf"],
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
    ["PSUBSCRIBE", "gh:*"],
    ["PUBLISH", "c", "m"],
    ["RANDOMKEY"],
    ["REPLICAOF", "127.0.0.1", "1"],
    ["SAVE"],
    ["SCAN", "0"],
    ["SCRIPT", "FLUSH"],
    ["SHUTDOWN", "NOSAVE"],
    ["SUBSCRIBE", "c"],
    ["SWAPDB", "0", "1"],
    ["XREAD", "COUNT", "1", "STREAMS", "gh:s", "0"],
]


@pytest.fixture(scope="module", params=["installed", "6.2"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("redis")
    found = binaries(folder)
    assert found, "no Redis found: install redis-tools, or build the project once"
    if request.param not in found:
        unavailable(f"this Redis is not available; tested with {list(found)}")
    create_secrets(folder)
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


def test_every_command_of_the_scripts_has_arguments_here():
    used = commands_of_scripts()

    assert len(used) > 10
    assert [one for one in used if one not in ARGUMENTS] == []


def test_the_functions_user_may_run_every_command_of_the_scripts(server):
    client = server.gatehouse()
    denied = []
    for command, arguments in ARGUMENTS.items():
        keys = arguments[:1]
        call = "return redis.call(ARGV[1], unpack(ARGV, 2))"
        try:
            client.call("EVAL", call, len(keys), *keys, command, *arguments)
        except RedisError as error:
            denied.append(f"{command}: {error}")
    assert denied == []


def test_the_functions_user_may_connect_and_read_server_information(server):
    client = Client(server.port, server.ca)
    client.call("HELLO", "3", "AUTH", "gatehouse", server.password, "SETNAME", "gatehouse")
    for command in (["PING"], ["SELECT", "0"], ["CLIENT", "SETNAME", "gatehouse"], ["TIME"], ["INFO"], ["ROLE"], ["SLOWLOG", "LEN"]):
        client.call(*command)
    client.call("SLOWLOG", "GET", "1")
    client.call("EVAL", "return 1", "1", "gh:k")
    with pytest.raises(RedisError, match="NOSCRIPT"):
        client.call("EVALSHA", "0" * 40, "1", "gh:k")
    client.call("QUIT")


def test_the_functions_user_may_subscribe_to_the_channels_of_gatehouse(server):
    client = server.gatehouse()
    assert client.call("SUBSCRIBE", "gh:c") == ["subscribe", "gh:c", 1]
    assert client.call("UNSUBSCRIBE", "gh:c") == ["unsubscribe", "gh:c", 0]


@pytest.mark.parametrize("command", DENIED, ids=" ".join)
def test_the_functions_user_may_run_no_other_command(server, command):
    # A newer server disables DEBUG for all users and reports that first.
    with pytest.raises(RedisError, match="NOPERM|DEBUG command not allowed"):
        server.gatehouse().call(*command)


def test_a_script_has_no_more_rights_than_its_user(server):
    client = server.gatehouse()
    for call in ("redis.call('FLUSHALL')", "redis.call('SET', 'other', 'v')", "redis.call('KEYS', '*')"):
        with pytest.raises(RedisError, match="(?i)NOPERM|can't run this command|can't access|No permissions"):
            client.call("EVAL", f"return {call}", "1", "gh:k")


def test_only_the_probe_connects_without_a_password_and_may_only_ping(server):
    with pytest.raises(RedisError, match="NOAUTH"):
        Client(server.port, server.ca).call("PING")
    for login in (["x"], ["default", ""], ["gatehouse", "wrong"], ["operator", server.password]):
        with pytest.raises(RedisError, match="WRONGPASS"):
            Client(server.port, server.ca, *login)
    probe = Client(server.port, server.ca, "probe", "any")
    assert probe.call("PING") == "PONG"
    with pytest.raises(RedisError, match="NOPERM"):
        probe.call("GET", "gh:k")


def test_the_server_accepts_tls_only(server):
    with socket.create_connection(("127.0.0.1", server.port), 10) as plain:
        plain.sendall(b"PING\r\n")
        try:
            assert b"PONG" not in plain.recv(100)
        except ConnectionResetError:
            pass
    (port,) = [line for line in server.operator.call("INFO", "server").split("\r\n") if line.startswith("tcp_port")]
    assert port == f"tcp_port:{server.port}"


def test_a_full_server_rejects_writes_and_evicts_nothing(server):
    client = server.gatehouse()
    client.call("SET", "gh:claim", "v", "PX", "600000")
    server.operator.call("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(RedisError, match="OOM"):
            client.call("SET", "gh:more", "v", "PX", "600000")
        assert client.call("GET", "gh:claim") == "v"
    finally:
        server.operator.call("CONFIG", "SET", "maxmemory", "256mb")


def test_writes_survive_a_restart_without_a_snapshot(server):
    server.operator.call("ACL", "LOG", "RESET")
    client = server.gatehouse()
    # The log holds a script's writes as a transaction, and the server checks user rights when it replays one.
    client.call(
        "EVAL",
        "redis.call('HSET', KEYS[1], 'f', 'v') redis.call('PEXPIRE', KEYS[1], 600000) return redis.call('PTTL', KEYS[1])",
        "1",
        "gh:hash",
    )
    client.call("SET", "gh:survivor", "v", "PX", "600000")
    assert "aof_enabled:1" in server.operator.call("INFO", "persistence")
    # The server syncs the log every second. After that a kill loses nothing.
    limit = time.monotonic() + 20
    while "gh:survivor" not in logged(server.data):
        assert time.monotonic() < limit
        time.sleep(0.05)
    server.process.kill()
    server.process.wait(30)
    server.start()

    assert server.gatehouse().call("GET", "gh:survivor") == "v"
    assert server.gatehouse().call("HGET", "gh:hash", "f") == "v"
    assert server.operator.call("ACL", "LOG") == []


def logged(folder):
    """Returns the content of the append-only log."""
    return "".join(file.read_bytes().decode(errors="replace") for file in folder.rglob("*") if file.suffix == ".aof")


def test_the_server_applies_every_setting_of_the_file(server):
    """Detects a later line that overrides a setting, and a server that reads one differently."""
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


def test_the_cache_of_the_template_grants_its_user_the_same_rights():
    (rights,) = re.findall(r"^user gatehouse on #\w+ resetchannels (.*)$", (REDIS / "users.acl").read_text(), re.M)

    assert source()["Resources"]["CacheUser"]["Properties"]["AccessString"].split() == ["on", *rights.split()]
