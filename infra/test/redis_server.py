# SPDX-License-Identifier: Apache-2.0
"""Real Redis servers with the configuration of infra/redis, and a client."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import zipfile
from pathlib import Path

from stack import INFRA

REDIS = INFRA / "redis"


class RedisError(Exception):
    """Redis replied with an error."""


class Client:
    """A minimal RESP client over TLS."""

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
                raise RedisError(rest)
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
    """A server with the configuration of infra/redis and the secrets in a folder. Its data is in a folder of its own."""

    def __init__(self, binary, folder, *more, data="data"):
        self.folder, self.binary, self.more = folder, binary, more
        self.data = folder / data
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
        tls = self.folder / "local/target/tls"
        self.data.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [self.binary, REDIS / "redis.conf", "--tls-port", str(self.port), "--bind", "127.0.0.1"]
            + ["--tls-cert-file", tls / "redis.crt", "--tls-key-file", tls / "redis.key", "--tls-ca-cert-file", self.ca]
            + ["--aclfile", self.folder / "local/target/acl/users.acl", *self.more],
            cwd=self.data,
            stdout=(self.folder / "redis.log").open("ab"),
            stderr=subprocess.STDOUT,
        )
        limit = time.monotonic() + 30
        while True:
            try:
                self.operator = Client(self.port, self.ca, "operator", self.secrets["REDIS_OPERATOR_PASSWORD"])
                self.operator.call("PING")
                return
            except (OSError, RedisError):
                if self.process.poll() is not None or time.monotonic() > limit:
                    self.stop()
                    raise AssertionError((self.folder / "redis.log").read_text()) from None
                time.sleep(0.05)

    def gatehouse(self):
        return Client(self.port, self.ca, "gatehouse", self.password)

    def environment(self):
        """Returns the environment of the scripts of infra/redis, which act as the operator."""
        return {
            **os.environ,
            "REDIS_HOST": "localhost",
            "REDIS_PORT": str(self.port),
            "REDIS_USERNAME": "operator",
            "REDIS_PASSWORD": self.secrets["REDIS_OPERATOR_PASSWORD"],
            "REDIS_CA_FILE": str(self.ca),
        }

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def binaries(folder):
    """Returns the available servers: the installed one, and the oldest supported one from the embedded-redis jar."""
    found = {}
    installed = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    if installed:
        # Server and checker are one program that selects its role by its file name.
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


def create_secrets(folder):
    """Creates the certificates, passwords and users of infra/local in a folder."""
    shutil.copytree(INFRA / "local", folder / "local", ignore=shutil.ignore_patterns("target"))
    shutil.copytree(REDIS, folder / "redis")
    subprocess.run([folder / "local/secrets"], check=True)
