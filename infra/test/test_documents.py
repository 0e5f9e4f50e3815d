# SPDX-License-Identifier: Apache-2.0
"""Runs the shell sessions of the documentation on the local server, and checks its templates and settings."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import KEY, call, running_server
from documents import Session, blocks, commands, pages, path_of
from stack import INFRA

DOCS = INFRA.parent / "docs"
PAGES_WITH_SESSIONS = [page for page in pages() if commands(page)]

# A decision without Redis is not what a page shows, and the machine may be busy.
PATIENT = {"REDIS_CONNECTION_TIMEOUT": "20000", "REDIS_COMMAND_TIMEOUT": "20000"}

# What a page assumes to have happened before a part of it.
BEFORE = {
    "docs/idempotency.md": [("/v1/idempotency/claims", {"key": "order-1"})],
    "docs/rate-limits.md": [
        ("/v1/rate-limits/check", {"limits": [{"name": "mails", "subject": "ada", "limit": 60, "windowSeconds": 60, "burst": 1}]})
    ],
    "docs/realtime.md": [
        ("/v1/presence/enter", {"channel": "room:42", "userId": "bob", "connectionId": "Kx1h8d2mIAMCE5A="}),
    ],
}


def block(page, start):
    """Returns the text of the only block of a page that begins so."""
    (found,) = [one.text for one in blocks(DOCS / page) if one.text.startswith(start)]
    return found


def settings(page, start):
    """Returns the settings of a block with one assignment in each line."""
    return dict(re.match(r"(\w+)='?(.*?)'?$", line).groups() for line in block(page, start).splitlines())


@pytest.mark.parametrize("page", PAGES_WITH_SESSIONS, ids=path_of)
def test_the_sessions_of_a_page_run_and_print_what_it_shows(page, tmp_path):
    declared = {"GATEHOUSE_POLICIES": block("rate-limits.md", '{"policies"')} if page.name == "rate-limits.md" else {}
    with running_server(tmp_path, **PATIENT, **declared) as url:
        session = Session(url, {"KEY": KEY, "OLD_KEY": "a-key-of-another-system-0123456789abcdef"})
        for path, body in BEFORE.get(path_of(page), []):
            call(url + path, body)
        for command in commands(page):
            session.run(command)


@pytest.mark.parametrize(
    ("page", "start"),
    [("jobs.md", "GATEHOUSE_JOBS_TARGET="), ("jobs.md", "GATEHOUSE_JOBS_TARGET_FUNCTION="), ("realtime.md", "GATEHOUSE_CHANNELS=")],
)
def test_the_server_starts_with_the_settings_of_a_page(page, start, tmp_path):
    aws = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}
    with running_server(tmp_path, **aws, **settings(page, start)) as url:
        assert call(f"{url}/health/readiness")["status"] == "UP"


def test_the_server_starts_with_the_route_rules_of_the_authorizer_page(tmp_path):
    rules = block("authorizer.md", "GET /public")
    with running_server(tmp_path, GATEHOUSE_AUTHORIZER_ROUTES=rules) as url:
        assert call(f"{url}/health/readiness")["status"] == "UP"


@pytest.mark.parametrize("page", pages(), ids=path_of)
def test_json_and_yaml_of_a_page_are_valid(page):
    for one in blocks(page):
        if one.language == "json":
            json.loads(one.text)
        if one.language == "yaml":
            yaml.safe_load(re.sub(r"!(Ref|GetAtt|Sub) ", "", one.text))


def test_the_templates_of_the_authorizer_pass_cfn_lint(tmp_path):
    http, rest, gateway_responses = [one.text for one in blocks(DOCS / "authorizer.md") if one.language == "yaml"]
    function = http[: http.index("\nApi:")]
    denied, following = rest.index("      ACCESS_DENIED:"), rest.index("      AUTHORIZER_CONFIGURATION_ERROR:")
    with_rules = rest[:denied] + gateway_responses + rest[following:]

    for number, resources in enumerate([http, function + "\n" + rest, function + "\n" + with_rules]):
        indented = "".join(f"  {line}" if line.strip() else line for line in resources.splitlines(keepends=True))
        template = tmp_path / f"template-{number}.yaml"
        template.write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:\n{indented}")
        lint = subprocess.run([Path(sys.executable).with_name("cfn-lint"), "--", template], capture_output=True, text=True)
        assert lint.returncode == 0, lint.stdout + lint.stderr
