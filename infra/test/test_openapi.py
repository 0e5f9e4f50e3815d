"""Calls the local server as its OpenAPI document describes it, with valid and invalid requests, by schemathesis."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import KEY, call


def test_the_server_behaves_as_its_document_describes(server, tmp_path):
    session = call(f"{server}/v1/sessions", {"userId": "ada"})["token"]

    run = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            Path(__file__).with_name("schemathesis.toml"),
            "run",
            f"{server}/swagger/gatehouse.yml",
            f"--url={server}",
            "--no-color",
        ],
        env={**os.environ, "API_KEY": KEY, "SESSION": session},
        cwd=tmp_path,
        timeout=170,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stdout + run.stderr
