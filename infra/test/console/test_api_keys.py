# SPDX-License-Identifier: Apache-2.0
"""The page of API keys."""

import json
import secrets
import urllib.request

import pytest

from conftest import KEY, call

HOSTILE = "<img src=x onerror=document.title=1>"


@pytest.fixture
def owner(server):
    return f"{secrets.token_hex(4)} {HOSTILE}"


@pytest.fixture
def issue(server, owner):
    """Returns a function that issues a key to the owner, and returns its text and details."""
    return lambda **more: call(f"{server}/v1/api-keys", {"ownerId": owner} | more)


@pytest.fixture
def page(open_console):
    page = open_console(page="api-keys")
    yield page
    assert page.errors() == []


def list_of(page, owner, *texts):
    page.form("Keys of an owner").fill(ownerId=owner).submit()
    page.wait_for_text("Keys", *texts)


def keys(server, owner):
    return call(f"{server}/v1/api-keys/list", {"ownerId": owner})["apiKeys"]


def verify(page, key, **more):
    page.form("Verify a key").fill(key=key, scopes="", policy="").fill(**more).submit()


def put(url, body, method="PUT"):
    headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers, method=method), timeout=10).close()


def new_key(page):
    return page.wait(lambda: page.script("return document.querySelector('[aria-label=\"Text of the new key\"]')?.value"))


def test_shows_an_issued_key_once_and_forgets_it_when_the_page_is_left(server, page, owner):
    page.form("Issue a key").fill(ownerId=owner, name=HOSTILE, scopes="exports:read  a", expiresInSeconds="2",
                                  attributes='{"plan": 12345678901234567890}').submit()
    key = new_key(page)
    page.wait_for_text("Keys", HOSTILE, "exports:read", "in 2 days", "12345678901234567890")
    assert call(f"{server}/v1/api-keys/verify", {"key": key})["apiKey"]["scopes"] == ["a", "exports:read"]

    page.open("cache").open("api-keys")
    assert page.text("New key") == "" and key not in page.window.page_source


def test_hides_a_new_key_on_request(page, owner):
    page.form("Issue a key").fill(ownerId=owner).submit()
    new_key(page)
    page.press("Hide")
    page.wait(lambda: page.text("New key") == "")


def test_shows_what_is_wrong_at_its_field_and_keeps_what_was_typed(server, page, owner):
    form = page.form("Issue a key").fill(ownerId=owner, name="export", attributes="{").submit()
    assert "must be JSON" in form.error("attributes")

    form.fill(attributes="[]").submit()
    page.wait(lambda: "object" in form.error("attributes"))
    assert form.value("name") == "export" and keys(server, owner) == []


def test_changes_a_key(server, page, owner, issue):
    issue(name="before", scopes=["a"], attributes={"n": 12345678901234567890}, expiresInSeconds=60)
    list_of(page, owner, "before")
    page.press("Change")
    page.form("Change the key").fill(name="after", scopes="a b", endless=True).submit()
    page.wait_for_text("Keys", "after", "a, b", "when it is revoked", "12345678901234567890")
    assert page.text("Change of a key") == ""
    assert [(key["name"], key["scopes"], key["expiresAt"], key["attributes"]) for key in keys(server, owner)] == [
        ("after", ["a", "b"], None, {"n": 12345678901234567890})]


def test_a_change_leaves_what_another_operator_changed_meanwhile(server, page, owner, issue):
    key = issue(name="before", scopes=["a", "b"], attributes={"n": 1})["apiKey"]
    list_of(page, owner, "before")
    page.press("Change")
    form = page.form("Change the key").fill(name="after")
    put(f"{server}/v1/api-keys/{key['id']}", {"scopes": ["a"], "attributes": {"n": 2}, "expiresInSeconds": 600}, "PATCH")
    form.submit()
    page.wait_for_text("Keys", "after", "in 10 minutes")
    assert [(key["name"], key["scopes"], key["attributes"]) for key in keys(server, owner)] == [("after", ["a"], {"n": 2})]


def test_rotates_a_key_after_asking(page, owner, issue):
    old = issue(name="export")["key"]
    list_of(page, owner, "export")
    page.press("Rotate")
    page.form("Rotate the key").fill(graceSeconds="0").submit()
    page.wait(lambda: "Rotate the key export" in page.script("return document.querySelector('dialog[open] h2')?.textContent"))
    page.press("Rotate")
    successor = new_key(page)

    verify(page, old)
    page.wait_for_text("Verification", "no valid key")
    verify(page, successor)
    page.wait_for_text("Verification", "Valid", "export")


def test_revokes_a_key_after_asking(server, page, owner, issue):
    issue(name="export")
    list_of(page, owner, "export")
    page.confirm("Revoke", "Revoke the key export")
    page.wait_for_text("Keys", "This owner has no live key")
    assert keys(server, owner) == []


def test_shows_why_a_key_is_refused(page, issue):
    verify(page, issue(scopes=["a"])["key"], scopes="a b c")
    page.wait_for_text("Verification", "a scope is missing", "b, c")
    verify(page, "gk_misspelt")
    assert "This API key lacks" not in page.wait_for_text("Verification", "no valid key")


def test_shows_an_unknown_policy_at_its_field(page, issue):
    verify(page, issue()["key"], policy="unknown")
    assert "known policy" in page.form("Verify a key").error("policy")


def test_shows_that_a_limit_of_the_owner_has_no_room_and_charges_nothing(server, page, owner, issue):
    policy = f"policy-{secrets.token_hex(4)}"
    put(f"{server}/v1/rate-limits/policies/{policy}", {"limit": 1, "windowSeconds": 600})
    key = issue()["key"]
    for _ in range(2):
        verify(page, key, policy=policy)
        page.wait_for_text("Verification", "Valid", "1 of 1")
    call(f"{server}/v1/rate-limits/check", {"limits": [{"policy": policy, "subject": owner}]})
    verify(page, key, policy=policy)
    page.wait_for_text("Verification", "a limit has no room", "0 of 1")
