# SPDX-License-Identifier: Apache-2.0
"""Checks the published OpenAPI document with a linter, and generates, compiles and runs the clients of docs/clients.md."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from availability import unavailable
from conftest import KEY, running_server
from stack import INFRA

ROOT = INFRA.parent
SOURCES = Path(__file__).with_name("clients")
TOOLS = INFRA / "target/tools/node"
PAGE = (ROOT / "docs/clients.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language} test_clients.py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def run(*command, **options):
    """Runs a command and returns its output; fails with the output if the command fails."""
    done = subprocess.run(command, timeout=300, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def node():
    """Installs the tools of package.json, and returns the folder of the programs."""
    if not shutil.which("npm"):
        unavailable("npm is not installed")
    wanted, installed = (SOURCES / "package.json").read_text(), TOOLS / "installed.json"
    if not installed.exists() or installed.read_text() != wanted:
        shutil.rmtree(TOOLS, ignore_errors=True)
        TOOLS.mkdir(parents=True)
        (TOOLS / "package.json").write_text(wanted)
        run("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", cwd=TOOLS)
        installed.write_text(wanted)
    return TOOLS / "node_modules/.bin"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Generates both clients by the commands of the page, in a folder with the published document."""
    if not shutil.which("java"):
        unavailable("java is not installed")
    folder = tmp_path_factory.mktemp("clients")
    (folder / "docs").mkdir()
    shutil.copy(ROOT / "docs/openapi.yml", folder / "docs")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in blocks("sh"):
        run("bash", "-euc", command, cwd=folder, env={**os.environ, "PATH": path})
    return folder


@pytest.fixture(scope="module")
def typescript(workspace, node):
    """Compiles the client with the example and the smoke run, and returns the folder of the programs."""
    (workspace / "package.json").write_text('{"type": "module"}')
    (workspace / "node_modules").symlink_to(TOOLS / "node_modules")
    (workspace / "example.ts").write_text(blocks("ts")[0])
    shutil.copy(SOURCES / "smoke.ts", workspace)
    options = ["--strict", "--target", "es2022", "--module", "nodenext", "--outDir", "compiled"]
    run(node / "tsc", *options, "example.ts", "smoke.ts", cwd=workspace)
    return workspace / "compiled"


@pytest.fixture(scope="module")
def python(workspace):
    """Compiles the client, and returns its folder with the example and the smoke run."""
    folder = workspace / "gatehouse-python"
    (folder / "example.py").write_text(blocks("python")[0])
    shutil.copy(SOURCES / "smoke.py", folder)
    run(sys.executable, "-m", "compileall", "-q", folder)
    run(sys.executable, "-m", "mypy", "--no-incremental", "gatehouse_client", "example.py", cwd=folder)
    return folder


def call(url, *command):
    return run(*command, env={**os.environ, "GATEHOUSE_URL": url, "KEY": KEY})


def test_the_linter_finds_nothing(node):
    rules = SOURCES / "spectral.yaml"
    run(node / "spectral", "lint", ROOT / "docs/openapi.yml", "--ruleset", rules, "--fail-severity", "warn")


def test_no_name_of_a_client_is_invented_by_the_generator(workspace):
    """A schema without a name gets one such as JobsTakenJobsInner or Claim200Response."""
    models = {file.stem for file in (workspace / "gatehouse/models").glob("*.ts")}
    described = set(re.findall(r"^    (\w+):$", (ROOT / "docs/openapi.yml").read_text().partition("\n  schemas:\n")[2], re.M))

    assert len(models) > 150
    assert models - described == {"index"}


@pytest.mark.parametrize("language", ["typescript", "python"])
def test_the_examples_print_what_the_page_states(language, request, server):
    folder = request.getfixturevalue(language)
    program = ["node", folder / "example.js"] if language == "typescript" else [sys.executable, folder / "example.py"]

    assert call(server, *program).lower() == "first allowed: true\nsecond 429 quota exceeded retry: true\n"


def test_both_clients_call_every_capability(typescript, python, redis, tmp_path):
    programs = (["node", typescript / "smoke.js"], [sys.executable, python / "smoke.py"])
    with running_server(tmp_path, REDIS_URL=redis.url) as url:
        for program in programs:
            assert call(url, *program) == "passed\n"
        redis.stop()
        for program in programs:
            assert call(url, *program, "outage") == "passed\n"
