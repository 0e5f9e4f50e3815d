# SPDX-License-Identifier: Apache-2.0
"""The page of health: checks, restrictions, statistics, and Redis stopped and started."""

import socket

from conftest import running_server


def command(redis, text):
    """Sends a command to Redis and returns its reply."""
    with socket.create_connection(("127.0.0.1", redis.port), 5) as connection:
        connection.sendall(f"{text}\r\n".encode())
        return connection.recv(1000).decode()


def test_every_check_has_a_result_and_why_it_matters(open_console):
    console = open_console(page="health")

    console.wait_for_text("Health of Redis", "ping", "memory", "clock", "A slow one delays every decision.")
    console.wait_for_text("Statistics of Redis", "Eviction policy", "Slow commands in the log", "Replicas")
    assert console.errors() == []


def test_redis_stopped_is_a_state_and_the_page_recovers_by_itself(open_console, redis, tmp_path):
    with running_server(tmp_path, REDIS_URL=redis.url) as server:
        console = open_console(server, page="health")
        console.wait_for_text("Health of Redis", "Redis is healthy.", "passed in")

        redis.stop()
        console.press("Refresh")
        console.wait_for_text("Health of Redis", "Redis does not reply.", "Reason:", "not checked")
        console.wait_for_text("Statistics of Redis", "There are none")

        redis.start()
        console.wait_for_text("Health of Redis", "Redis is healthy.")
        console.wait_for_text("Statistics of Redis", "Eviction policy")
        assert console.errors() == []


def test_troubles_restrictions_and_withheld_fields_are_shown_with_reasons(open_console, redis, tmp_path):
    assert command(redis, "CONFIG SET maxmemory-policy allkeys-lru") == "+OK\r\n"
    assert command(redis, "ACL SETUSER default -slowlog") == "+OK\r\n"
    with running_server(tmp_path, REDIS_URL=redis.url) as server:
        console = open_console(server, page="health")

        console.wait_for_text("Health of Redis", "Redis has troubles.", "eviction", "Set maxmemory-policy", "Restrictions",
                              "Redis rejects SLOWLOG", "the user may not run SLOWLOG")
        console.wait_for_text("Statistics of Redis", "slowLogLength", "the user may not run SLOWLOG")
