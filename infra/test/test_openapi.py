# SPDX-License-Identifier: Apache-2.0
"""Calls the local server as its OpenAPI document describes it, with valid and invalid requests, by schemathesis."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import journeys
import pytest
import schemathesis
from conftest import KEY, call, running_server
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def schemathesis_run(document, url, folder, session=""):
    return subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            Path(__file__).with_name("schemathesis.toml"),
            "run",
            document,
            f"--url={url}",
            "--no-color",
        ],
        env={**os.environ, "API_KEY": KEY, "SESSION": session},
        cwd=folder,
        timeout=900,
        capture_output=True,
        text=True,
    )


def test_the_server_behaves_as_its_document_describes(server, tmp_path):
    session = call(f"{server}/v1/sessions", {"userId": "ada"})["token"]
    # The first requests of a process may be slower than their deadline.
    call(f"{server}/v1/rate-limits/policies")

    run = schemathesis_run(f"{server}/swagger/gatehouse.yml", server, tmp_path, session)

    assert run.returncode == 0, run.stdout + run.stderr


class DescribedCaller:
    """Calls operations by their ids, and checks each response against the document."""

    def __init__(self, url):
        self.url = url
        self.document = schemathesis.openapi.from_url(f"{url}/swagger/gatehouse.yml")
        self.sent = []

    def send(self, operation, body, token, path):
        headers = {"Authorization": f"Bearer {token or KEY}"}
        body = {} if body is None else {"body": body, "media_type": "application/json"}
        case = self.document.find_operation_by_id(operation).Case(path_parameters=path, headers=headers, **body)
        response = case.call(base_url=self.url, timeout=60)
        case.validate_response(response, checks=CONFORMANCE)
        return response

    def __call__(self, operation, body=None, *, token=None, **path):
        response = self.send(operation, body, token, path)
        assert 200 <= response.status_code < 300, f"{operation}: {response.status_code} {response.text}"
        self.sent.append((operation, body, token, path))
        return json.loads(response.content) if response.content else None

    def operations(self):
        paths = self.document.raw_schema["paths"].values()
        return {operation["operationId"] for path in paths for operation in path.values()}


def test_every_operation_succeeds_and_fails_as_described(redis, tmp_path):
    with running_server(tmp_path, REDIS_URL=redis.url) as url:
        caller = DescribedCaller(url)

        journeys.follow(caller)

        # A new operation needs a call in journeys.py.
        assert {operation for operation, *_ in caller.sent} == caller.operations()

        redis.stop()
        outage = [caller.send(*sent) for sent in caller.sent]

        # Everything is refused, or decided by the policy of its operation.
        assert {response.status_code for response in outage if response.status_code >= 500} == {503}
        assert any(b'"degraded":true' in response.content for response in outage)


DOCUMENT = """
openapi: 3.0.1
info: {title: One operation, version: "1"}
paths:
  /value:
    get:
      responses:
        "200":
          description: A value.
          content: {application/json: {schema: {type: object, required: [value], properties: {value: {type: integer}}}}}
"""

VALID = (200, "application/json", {"value": 1})


@contextlib.contextmanager
def one_operation(status, content_type, body):
    """Serves one response, for every GET of /value."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def other(self):
            self.send_response(405)
            self.send_header("Allow", "GET")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_TRACE = do_QUERY = other

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (VALID, None),
        ((500, "application/json", {"value": 1}), "Server error"),
        ((200, "application/json", {"value": "one"}), "Response violates schema"),
        ((202, "application/json", {"value": 1}), "Undocumented status code"),
        ((200, "text/plain", {"value": 1}), "Undocumented Content-Type"),
    ],
)
def test_a_response_that_is_not_described_fails_the_run(response, failure, tmp_path):
    (tmp_path / "document.yml").write_text(DOCUMENT)
    with one_operation(*response) as url:
        run = schemathesis_run(tmp_path / "document.yml", url, tmp_path)

    if failure is None:
        assert run.returncode == 0, run.stdout + run.stderr
    else:
        assert run.returncode == 1, run.stdout + run.stderr
        assert failure.lower() in run.stdout.lower()
