# SPDX-License-Identifier: Apache-2.0
"""The page of the cache."""

import secrets

import pytest

from conftest import call


@pytest.fixture
def scope():
    return f"scope-{secrets.token_hex(4)}"


@pytest.fixture
def put(server, scope):
    """Returns a function that stores a value of the scope."""
    return lambda key, value, **more: call(
        f"{server}/v1/cache/put", {"scope": scope, "key": key, "value": value, "freshSeconds": 600, "staleSeconds": 600} | more)


@pytest.fixture
def page(open_console):
    page = open_console(page="cache")
    yield page
    assert page.errors() == []


def look(page, **values):
    page.form("Look at a value").fill(**values).submit()


def lookup(server, scope, key):
    return call(f"{server}/v1/cache/lookup", {"entries": [{"scope": scope, "key": key, "leaseMillis": 0}]})["entries"][0]


def test_looks_at_a_value_marks_it_stale_and_invalidates_it(server, page, scope, put):
    put("page", {"text": "<img src=x onerror=document.title=1>", "price": 12345678901234567890})
    look(page, key="page", scope=scope)
    page.wait_for_text("Value", "Fresh", "in 10 minutes", "in 20 minutes", "<img src=x", "12345678901234567890")

    page.confirm("Mark stale", "Mark the value")
    page.wait_for_text("Value", "Stale")
    assert lookup(server, scope, "page")["outcome"] == "stale"

    invalidate = page.region("Value").find_elements("css selector", "button")[-1]
    page.script("arguments[0].click()", invalidate)
    page.press("Invalidate")
    page.wait_for_text("Value", "Missing")
    assert lookup(server, scope, "page")["outcome"] == "missing"


def test_looking_leaves_the_lease_to_the_callers(server, page, scope):
    look(page, key="absent", scope=scope)
    page.wait_for_text("Value", "Missing")
    entries = [{"scope": scope, "key": "absent"}]
    assert "lease" in call(f"{server}/v1/cache/lookup", {"entries": entries})["entries"][0]

    look(page)
    page.wait_for_text("Value", "A caller loads it")


def test_finds_a_json_key_whatever_the_order_of_its_members(page, scope, put):
    put({"model": "small", "prompt": "Hello"}, "Hi!")
    look(page, kind="json", key='{"prompt": "Hello", "model": "small"}', scope=scope)
    page.wait_for_text("Value", "Fresh", "Hi!")


def test_shows_a_malformed_key_at_its_field(page):
    form = page.form("Look at a value").fill(kind="json", key='{"prompt"').submit()
    assert "must be JSON" in form.error("key")
    form.fill(key="12345678901234567890").submit()
    page.wait(lambda: "2^53" in form.error("key"))


def test_invalidates_by_tag_after_asking(server, page, scope, put):
    put("one", 1, tags=["red"])
    put("two", 2, tags=["blue"])
    page.form("Invalidate by tag").fill(scope=scope, tags="red green").submit()
    page.press("Invalidate")
    page.wait_for_text("Invalidated tags", "were invalidated")
    assert (lookup(server, scope, "one")["outcome"], lookup(server, scope, "two")["outcome"]) == ("missing", "fresh")


def test_invalidates_a_scope_after_asking(server, page, scope, put):
    put("one", 1)
    page.form("Invalidate a scope").fill(scope=scope).submit()
    page.press("Cancel")
    assert lookup(server, scope, "one")["outcome"] == "fresh"

    page.form("Invalidate a scope").fill(soft=True).submit()
    page.press("Mark stale")
    page.wait_for_text("Invalidated scope", "were")
    assert lookup(server, scope, "one")["outcome"] == "stale"
