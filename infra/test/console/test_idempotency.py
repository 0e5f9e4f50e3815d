# SPDX-License-Identifier: Apache-2.0
"""The page of idempotency: the state of a key, its response, and its end."""

import urllib.error
import uuid

import pytest

from conftest import call

MARKUP = "<img src=x onerror=\"document.title='injected'\">"


@pytest.fixture
def page(open_console):
    """Opens the page, and checks that nothing failed in it."""
    console = open_console(page="idempotency")
    yield console
    assert console.errors() == []


@pytest.fixture
def key():
    return uuid.uuid4().hex


def claim(console, key, scope="", millis=60_000):
    return call(f"{console.server}/v1/idempotency/claims", {"key": key, "scope": scope, "leaseMillis": millis})


def complete(console, key, body, encoding="utf8", scope=""):
    owner = claim(console, key, scope)["owner"]
    response = {"status": 201, "headers": {"Content-Type": "text/html"}, "body": body, "bodyEncoding": encoding}
    call(f"{console.server}/v1/idempotency/claims/complete", {"key": key, "scope": scope, "owner": owner, "response": response})


def inspect(console, text, **fields):
    console.form("Inspect a key").fill(**fields).submit()
    return console.wait_for_text("Claim", text)


def test_shows_a_claim_in_flight(page, key):
    claim(page, key)

    shown = inspect(page, "In flight", key=key)

    assert "Attempt\n1" in shown and "Claimed by request" in shown


def test_shows_a_claim_whose_lease_has_ended(page, key):
    claim(page, key, millis=1)

    assert "the next claim gets the work" in inspect(page, "without a result", key=key)


def test_shows_the_stored_response_and_invalidates_the_key(page, key):
    complete(page, key, '{"id":12345678901234567890,"html":"' + MARKUP.replace('"', '\\"') + '"}', scope="orders")
    inspect(page, "No claim has this key", key=key)

    shown = inspect(page, "Completed", key=key, scope="orders")
    assert "Status\n201" in shown and '"Content-Type": "text/html"' in shown
    assert '{\n  "id": 12345678901234567890,\n  "html": ' in shown
    page.confirm("Invalidate", f"Invalidate {key}?")

    page.wait_for_text("Claim", "No claim has this key")
    assert claim(page, key, "orders")["outcome"] == "claimed"


def test_never_reads_a_body_as_html(page, key):
    complete(page, key, MARKUP)

    assert MARKUP in inspect(page, "Completed", key=key)
    assert page.script("return document.title") == "Idempotency – Gatehouse"
    assert page.find("main img") is None


def test_shows_bytes_in_base64(page, key):
    complete(page, key, "/wD/", "base64")

    shown = inspect(page, "Completed", key=key)

    assert "3 B, no text" in shown and "/wD/" in shown


def test_shows_a_malformed_key_at_its_field(page):
    form = page.form("Inspect a key").fill(key="no visible ASCII: ü").submit()

    assert "visible ASCII" in form.error("key")


def test_a_question_ends_with_its_page(page, key):
    claim(page, key)
    inspect(page, "In flight", key=key)
    page.press("Invalidate")
    page.wait(lambda: page.find("dialog h2", f"Invalidate {key}?"))

    page.script("location.hash = '#/limits'")

    page.wait(lambda: page.heading() == "Limits" and page.find("dialog[open]") is None)
    with pytest.raises(urllib.error.HTTPError, match="409"):
        claim(page, key)
