# SPDX-License-Identifier: Apache-2.0
"""The local server, as a fixture."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from availability import unavailable
from stack import INFRA

JARS = sorted((INFRA.parent / "functions/local/target").glob("gatehouse-local-*[0-9T].jar"))
RESOURCES = INFRA.parent / "functions/local/src/main/resources"
KEY = "key-of-the-tests"


def pytest_addoption(parser):
    parser.addoption("--screenshots", action="store_true", help="write the images of docs/console.md, with a minute of traffic in the plots")


def java():
    home = os.environ.get("JAVA25_HOME") or os.environ.get("JAVA_HOME")
    return Path(home, "bin/java") if home else "java"


def call(url, body=None, key=KEY):
    headers = {"X-Api-Key": key, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body and json.dumps(body).encode(), headers), timeout=10) as response:
        return json.load(response)


@pytest.fixture
def server(tmp_path):
    """Starts the server with its embedded Redis and yields its URL."""
    with running_server(tmp_path) as url:
        yield url


class StoppableRedis:
    """A Redis of its own on loopback, which loses nothing by a restart."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "always"]
        self.process = subprocess.Popen([self.binary, *settings], cwd=self.folder, stdout=subprocess.DEVNULL)
        limit = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < limit
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture
def redis(tmp_path_factory):
    """Starts a Redis that a test may stop and start again."""
    binary = shutil.which("redis-server")
    if not binary:
        unavailable("redis-server is not installed")
    running = StoppableRedis(binary, tmp_path_factory.mktemp("redis"))
    yield running
    running.stop()


def server_command():
    """Returns the command of the server. With TEST_SOURCES=1 its pages come from the sources, so that an edit needs no build."""
    if os.environ.get("TEST_SOURCES"):
        return [java(), "--enable-native-access=ALL-UNNAMED", "-cp", f"{RESOURCES}:{JARS[-1]}", "dev.gatehouse.local.Server"]
    return [java(), "-jar", JARS[-1]]


@contextmanager
def running_server(folder, key=KEY, **more):
    """Runs the server with more settings, by default with its embedded Redis. Its log is in the folder."""
    with server_process(folder, key, **more) as (url, _):
        yield url


@contextmanager
def server_process(folder, key=KEY, **more):
    """Runs the server as above, and yields its URL and its process."""
    if not JARS:
        unavailable("the local server is not built: mvn package")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(more.get("MICRONAUT_SERVER_PORT", free.getsockname()[1]))
    settings = {
        "MICRONAUT_SERVER_PORT": str(port),
        "GATEHOUSE_API_KEYS": f"demo={hashlib.sha256(key.encode()).hexdigest()}",
        "GATEHOUSE_TENANT": "demo",
        "GATEHOUSE_AUTHORIZER_ORIGINS": f"http://localhost:{port}",
        "GATEHOUSE_CHANNELS": "room:*=join,publish,typing",
        # A busy machine exceeds the default time of a decision, and a 503 hides what is tested.
        "REDIS_COMMAND_TIMEOUT": "5000",
    } | more
    environment = {name: value for name, value in os.environ.items() if not re.match("REDIS_|GATEHOUSE_", name)}
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(server_command(), env=environment | settings, stdout=output, stderr=output)
    try:
        url = f"http://localhost:{port}"
        limit = time.monotonic() + 60
        while True:
            try:
                call(f"{url}/health/readiness", key=key)
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < limit, log.read_text()
                time.sleep(0.2)
        yield url, process
    finally:
        process.terminate()
        process.wait(30)
