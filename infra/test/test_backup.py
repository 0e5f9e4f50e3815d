# SPDX-License-Identifier: Apache-2.0
"""Saves the data of a real Redis with infra/redis/backup, restores it, and looks it up through a second server."""

import re
import resource
import shutil
import signal
import subprocess
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from availability import unavailable
from caller import LEASE, Caller
from conftest import running_server
from redis_server import REDIS, Server, binaries, create_secrets

BACKUP = REDIS / "backup"


class Records:
    """A record of each capability."""

    def __init__(self, call):
        assert call.complete("completed") == "claimed"
        assert call("/v1/idempotency/claims", {"key": "in-flight", **LEASE})[0] == 201
        self.session = call("/v1/sessions", {"userId": "ada", "attributes": {"theme": "dark"}})[1]
        self.revoked = call("/v1/sessions", {"userId": "ada"})[1]
        assert call(f"/v1/sessions/{self.revoked['session']['id']}", method="DELETE")[0] == 204
        assert call.charge(3) == 2
        assert call("/v1/rate-limits/policies/free", {"limit": 3, "windowSeconds": 60}, "PUT")[0] == 200
        self.lease = call("/v1/rate-limits/leases", {"name": "report", "subject": "ada", "limit": 1, **LEASE})[1]
        self.state = call("/v1/states/save", {"id": "order-42", "expect": "absent", "value": {"step": 1}})[1]
        self.fence = call("/v1/states/claim", {"id": "order-42", **LEASE})[1]["fence"]
        self.position = call.publish("first")
        call.publish("second")
        assert call("/v1/presence/enter", {"channel": "room:42", "userId": "ada", "connectionId": "c"})[0] == 200
        self.key = call("/v1/api-keys", {"ownerId": "acme", "scopes": ["exports:read"]})[1]
        assert call("/v1/cache/put", {"key": "answer", "value": {"text": "Hi!"}, "freshSeconds": 3600})[0] == 200
        for one in ("active", "ready", "late"):
            delay = {"delayMillis": 3_600_000} if one == "late" else {}
            assert call("/v1/jobs/enqueue", {"queue": "mails", "id": one, "payload": {"to": one}, **delay})[0] == 201
        (self.job,) = call("/v1/jobs/take", {"queue": "mails", **LEASE})[1]["jobs"]

    def read(self, call):
        """Returns what the responses say about each record."""
        status, claim = call("/v1/idempotency/claims", {"key": "in-flight", **LEASE})
        policies = call("/v1/rate-limits/policies/free", method="GET")[1]
        state = call("/v1/states/read", {"id": "order-42"})[1]
        events = call("/v1/channels/catch-up", {"channel": "room:42", "since": self.position})[1]
        return {
            "completed claim": call("/v1/idempotency/claims", {"key": "completed"})[1]["response"]["body"],
            "claim in flight": (status, claim["leaseExpiresAt"]),
            "session": call("/v1/sessions/lookup", {"token": self.session["token"], "touch": False})[1],
            "revoked session": call("/v1/sessions/lookup", {"token": self.revoked["token"]})[0],
            "remaining": call.charge(0),
            "policy": (policies["limit"], policies["source"]),
            "lease": call("/v1/rate-limits/leases", {"name": "report", "subject": "ada", "limit": 1, **LEASE})[0],
            "state": (state["value"], state["version"], state["writer"]),
            "events": (events["recovered"], [one["data"] for one in events["events"]], events["at"]),
            "present": [one["userId"] for one in call("/v1/presence/list", {"channel": "room:42"})[1]["members"]],
            "API key": call("/v1/api-keys/verify", {"key": self.key["key"]})[1]["apiKey"],
            "cached": call("/v1/cache/lookup", {"entries": [{"key": "answer"}]})[1]["entries"],
            "jobs": [call("/v1/jobs/inspect", {"queue": "mails", "id": one}) for one in ("active", "ready", "late")],
        }


def gatehouse(folder, redis):
    """Runs the server with a Redis."""
    return running_server(
        folder,
        REDIS_URL=f"rediss://gatehouse:{redis.password}@localhost:{redis.port}",
        REDIS_CA_FILE=str(redis.ca),
    )


@pytest.fixture
def binary(request, tmp_path):
    found = binaries(tmp_path)
    if request.param not in found:
        unavailable(f"this Redis is not available; tested with {list(found)}")
    create_secrets(tmp_path)
    (tmp_path / "backups").mkdir()
    return found[request.param]


@pytest.fixture
def start(binary, tmp_path):
    """Starts servers that are killed after the test."""
    started = []

    def start(*options, data):
        started.append(Server(binary, tmp_path, *options, data=data))
        return started[-1]

    yield start
    for server in started:
        server.process.kill()
        server.process.wait(30)


@pytest.fixture
def installed(tmp_path):
    found = binaries(tmp_path)
    if "installed" not in found:
        unavailable("no Redis is installed")
    create_secrets(tmp_path)
    (tmp_path / "backups").mkdir()
    server = Server(found["installed"], tmp_path)
    # The server otherwise waits for more replicas before it sends a snapshot.
    server.operator.call("CONFIG", "SET", "repl-diskless-sync-delay", "0")
    yield server
    server.process.kill()
    server.process.wait(30)


def backup(*arguments, environment=None, **more):
    return subprocess.run([BACKUP, *arguments], env=environment, capture_output=True, text=True, timeout=60, **more)


def save(server, *options, **more):
    folder = server.folder / "backups"
    return backup("save", *options, folder, environment=server.environment(), **more)


def saved(server):
    """Saves, and returns the backups, oldest first."""
    result = save(server)
    assert result.returncode == 0, result.stderr
    return backups(server)


def backups(server):
    return sorted((server.folder / "backups").glob("*.rdb"))


@pytest.mark.parametrize(
    "binary, log",
    [("installed", "yes"), ("installed", "no"), ("6.2", "yes")],
    ids=["with a log", "without a log", "with the log of 6.2"],
    indirect=["binary"],
)
def test_a_restored_server_has_the_records_of_every_capability(start, binary, tmp_path, log):
    first = start("--appendonly", log, data="data")
    with gatehouse(tmp_path, first) as url:
        call = Caller(url)
        records = Records(call)
        before = records.read(call)
        (file,) = saved(first)

        # All of this is later than the backup.
        assert call.complete("later") == "claimed"
        assert call.charge(1) == 1
        assert call(f"/v1/sessions/{records.session['session']['id']}", method="DELETE")[0] == 204
        assert call(f"/v1/api-keys/{records.key['apiKey']['id']}", method="DELETE")[0] == 204
        step = {"id": "order-42", "expect": records.state["version"], "value": {"step": 2}, "fence": records.fence}
        lost = call("/v1/states/save", step)[1]["version"]
        late = call.publish("third")
    first.process.kill()
    first.process.wait(30)

    (tmp_path / "second").mkdir()
    result = backup("restore", *([] if log == "yes" else ["--no-aof"]), file, tmp_path / "second")
    assert result.returncode == 0, result.stderr
    second = start("--appendonly", log, data="second")
    with gatehouse(tmp_path, second) as url:
        call = Caller(url)
        # The revoked session and key are valid again, and the limit has the room that it had.
        assert records.read(call) == before
        assert call.complete("later") == "claimed", "the work is done again"
        later = call("/v1/channels/catch-up", {"channel": "room:42", "since": late})[1]
        assert later["recovered"] is False, "the position of an event that was lost"
        assert call("/v1/states/save", {**step, "expect": lost})[0] == 412, "the version of a save that was lost"
        lease = {"name": "other", "subject": "ada", "limit": 1, **LEASE}
        assert call("/v1/rate-limits/leases", lease)[1]["fence"] > records.lease["fence"]
        # The server writes what it restored to its own files.
        second.stop()
        second.start()
        limit = time.monotonic() + 60
        while call("/health/redis", method="GET")[0] != 200:
            assert time.monotonic() < limit
            time.sleep(0.1)
        assert records.read(call) == before
        job = {"queue": "mails", "id": records.job["id"], "lease": records.job["lease"]}
        assert call("/v1/jobs/complete", job)[0] == 200, "the taker still has the job"


def test_a_restore_refuses_a_server_that_has_data_or_is_running(installed, tmp_path):
    installed.operator.call("SET", "gh:k", "v", "PX", "600000")
    (file,) = saved(installed)
    before = contents(installed.data)

    running = backup("restore", "--force", file, installed.data)
    assert (running.returncode, "stop it first" in running.stderr) == (4, True)
    installed.stop()
    refused = backup("restore", file, installed.data)
    assert (refused.returncode, "has data" in refused.stderr) == (4, True)
    assert contents(installed.data).keys() >= before.keys()

    forced = backup("restore", "--force", file, installed.data)
    assert forced.returncode == 0, forced.stderr
    (old,) = installed.data.glob("replaced-*")
    assert (old / "appendonlydir").is_dir()
    installed.start()
    assert installed.gatehouse().call("GET", "gh:k") == "v"


def contents(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_torn_or_changed_copy_is_refused(installed, tmp_path):
    for number in range(100):
        installed.operator.call("SET", f"gh:{number}", "value " * 20, "PX", "600000")
    (file,) = saved(installed)
    whole = file.read_bytes()
    new = tmp_path / "new"
    new.mkdir()
    assert backup("verify", file).returncode == 0

    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    for name, copy in {"empty": b"", "torn": whole[: len(whole) // 2], "cut": whole[:-1], "changed": changed, "foreign": b"x" * 99}.items():
        bad = tmp_path / f"{name}.rdb"
        bad.write_bytes(copy)
        for arguments in (["verify", bad], ["restore", bad, new]):
            result = backup(*arguments)
            assert (result.returncode, "no whole backup" in result.stderr) == (3, True), (name, result)
    assert contents(new) == {}

    (tmp_path / "newer.rdb").write_bytes(whole.replace(whole[:9], b"REDIS0099", 1))
    result = backup("verify", tmp_path / "newer.rdb")
    assert (result.returncode, "newer version" in result.stderr) == (1, True), result


def test_backups_are_removed_by_count_and_age_and_other_files_stay(installed):
    folder = installed.folder / "backups"
    now = datetime.now(timezone.utc)
    ages = {age: folder / f"gatehouse-{now - timedelta(days=age):%Y%m%dT%H%M%SZ}.rdb" for age in (1, 2, 3, 9)}
    others = [folder / name for name in ("dump.rdb", "gatehouse-old.rdb", "notes.txt")]
    for file in [*ages.values(), *others]:
        file.touch()

    (*left, newest) = [file for file in saved(installed) if file not in others]
    assert left == [ages[3], ages[2], ages[1]], "seven days by default"
    assert newest.stat().st_mode & 0o077 == 0, "others may not read it"

    before = [file for file in backups(installed) if file not in others]
    written = written_by(save(installed, "--keep", "3"))
    assert [file for file in backups(installed) if file not in others] == sorted({*before, written})[-3:]

    # A clock that was ahead has written a name of tomorrow.
    tomorrow = folder / f"gatehouse-{now + timedelta(days=1):%Y%m%dT%H%M%SZ}.rdb"
    tomorrow.touch()
    written = written_by(save(installed, "--keep", "1", "--max-age", "1"))
    left = sorted([written, tomorrow])
    assert [file for file in backups(installed) if file not in others] == left
    assert backup("list", folder).stdout.split() == [str(file) for file in left]
    assert all(file.exists() for file in others)


def written_by(result):
    """Returns the backup that a save reported."""
    return Path(re.search(r"saved (\S+\.rdb)", result.stdout)[1])


def full_disk():
    """Limits each file to 4 KiB: a further write fails as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@pytest.mark.parametrize("fault", ["full disk", "failing snapshot", "wrong password", "no server", "killed"])
def test_a_save_that_fails_leaves_the_former_backups(installed, fault):
    for number in range(2000):
        installed.operator.call("SET", f"gh:{number}", f"{number} is not to be compressed", "PX", "600000")
    saved(installed)
    before = contents(installed.folder / "backups")
    environment, more = installed.environment(), {}
    match fault:
        case "full disk":
            more["preexec_fn"] = full_disk
        case "failing snapshot":
            # The server cannot create its file.
            installed.operator.call("CONFIG", "SET", "repl-diskless-sync", "no")
            shutil.rmtree(installed.data)
        case "wrong password":
            environment["REDIS_PASSWORD"] = "wrong"
        case "no server":
            environment["REDIS_PORT"] = "1"
        case "killed":
            environment["REDIS_BACKUP_TIMEOUT"] = "1"
            installed.operator.call("CONFIG", "SET", "repl-diskless-sync-delay", "10")

    result = backup("save", "--keep", "1", installed.folder / "backups", environment=environment, **more)

    assert (result.returncode, "sent no snapshot" in result.stderr) == (1, True), result
    assert contents(installed.folder / "backups") == before


def test_one_save_to_a_folder_runs_at_a_time(installed):
    installed.operator.call("CONFIG", "SET", "repl-diskless-sync-delay", "2")
    folder = installed.folder / "backups"
    with subprocess.Popen([BACKUP, "save", folder], env=installed.environment(), stderr=subprocess.DEVNULL) as first:
        limit = time.monotonic() + 30
        while not (folder / ".part.rdb").exists():
            assert time.monotonic() < limit
            time.sleep(0.01)
        assert save(installed).returncode == 5
        assert first.wait(60) == 0
    assert len(backups(installed)) == 1


def test_the_password_comes_from_a_file_and_is_no_argument(installed, tmp_path):
    secret = tmp_path / "password"
    secret.write_text(installed.secrets["REDIS_OPERATOR_PASSWORD"] + "\n")
    environment = {**installed.environment(), "REDIS_PASSWORD_FILE": str(secret)}
    del environment["REDIS_PASSWORD"]
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "redis-cli").write_text('#!/bin/sh\necho "$@" >>"$ARGUMENTS"\nexec /usr/bin/env -S PATH="$REAL" redis-cli "$@"\n')
    (bin / "redis-cli").chmod(0o755)
    environment |= {"REAL": environment["PATH"], "PATH": f"{bin}:{environment['PATH']}", "ARGUMENTS": str(tmp_path / "arguments")}

    result = backup("save", installed.folder / "backups", environment=environment)

    assert result.returncode == 0, result.stderr
    arguments = (tmp_path / "arguments").read_text()
    assert "--rdb" in arguments and "--tls" in arguments
    assert installed.secrets["REDIS_OPERATOR_PASSWORD"] not in arguments + result.stdout + result.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["x"], ["save"], ["save", "--keep", "0", "."], ["save", "--keep"], ["save", "--all", "1", "."], ["save", "missing"]]
    + [["verify", "missing"], ["restore", "missing", "."], ["restore", "--twice", "a", "b"], ["list", "missing"]],
    ids=" ".join,
)
def test_wrong_usage_is_reported(arguments, tmp_path):
    result = backup(*arguments, cwd=tmp_path)

    assert (result.returncode, result.stdout) == (2, ""), result
    assert result.stderr and list(tmp_path.iterdir()) == []


def test_the_help_has_every_command_and_exit_code():
    text = backup("--help").stdout

    script = BACKUP.read_text() + (REDIS / "connection").read_text()
    assert all(f"backup {command}" in text for command in ("save", "verify", "list", "restore"))
    assert all(f"{code} " in text.split("Exit codes:")[1] for code in {"0", *re.findall(r"fail (\d) ", script)})
    assert all(variable in text for variable in re.findall(r"\$\{(REDIS_\w+):", script))
