# SPDX-License-Identifier: Apache-2.0
"""Actions on what is shown while another thing is being read, and answers after the clock or the key has changed."""

import secrets
import urllib.parse

import pytest

from conftest import call, running_server

from .test_limits import put_policy

# Leaves requests of a path without an answer.
HOLD = """
const [path, fetch] = [arguments[0], window.fetch];
window.held = 0;
window.fetch = (address, options) => address.endsWith(path) ? new Promise(() => held++) : fetch(address, options);
"""


@pytest.fixture
def unique():
    return secrets.token_hex(4)


def hold(console, path, form, **values):
    """Submits a form whose request gets no answer."""
    console.script(HOLD, path)
    console.form(form).fill(**values).submit()
    console.wait(lambda: console.script("return held"))


def live_sessions(server, user):
    return len(call(f"{server}/v1/sessions/list", {"userId": user})["sessions"])


@pytest.mark.parametrize("action", ["Revoke all", "Revoke the others"])
def test_sessions_of_the_shown_user_are_revoked(open_console, server, unique, action):
    ada, bob = f"ada-{unique}", f"bob-{unique}"
    for user in (ada, ada, bob):
        call(f"{server}/v1/sessions", {"userId": user})
    page = open_console(page="sessions")
    page.form("Sessions of a user").fill(userId=ada).submit()
    page.wait_for_text("Sessions", "2 live sessions")

    hold(page, "/v1/sessions/list", "Sessions of a user", userId=bob)
    page.confirm(action, ada)

    page.wait(lambda: "revoked" in page.messages())
    assert (live_sessions(server, ada), live_sessions(server, bob)) == (0 if action == "Revoke all" else 1, 1)


def test_the_shown_value_is_invalidated(open_console, server, unique):
    for key in ("shown", "next"):
        call(f"{server}/v1/cache/put", {"scope": unique, "key": key, "value": 1, "freshSeconds": 600})
    page = open_console(page="cache")
    page.form("Look at a value").fill(scope=unique, key="shown").submit()
    page.wait_for_text("Value", "Fresh")

    hold(page, "/v1/cache/lookup", "Look at a value", key="next")
    page.confirm("Invalidate", "Invalidate the value")

    page.wait(lambda: "invalidated" in page.messages())
    found = call(f"{server}/v1/cache/lookup", {"entries": [{"scope": unique, "key": key, "leaseMillis": 0} for key in ("shown", "next")]})
    assert [entry["outcome"] for entry in found["entries"]] == ["missing", "fresh"]


def test_a_state_that_is_being_read_cannot_be_changed_by_the_buttons_of_another(open_console, server, unique):
    for id in ("shown", "next"):
        call(f"{server}/v1/states/save", {"id": id + unique, "expect": "any", "value": {}})
    page = open_console(page="states")
    page.form("Read a state").fill(id=f"shown{unique}").submit()
    page.wait_for_text("State", "Version")

    hold(page, "/v1/states/read", "Read a state", id=f"next{unique}")

    assert page.find("button", "Delete") is None and page.find("button", "Save") is None


def test_an_override_of_the_shown_policy_is_removed(open_console, server, unique):
    for policy in ("shown", "next"):
        put_policy(server, f"{policy}-{unique}", limit=5, windowSeconds=60)
        put_policy(server, f"{policy}-{unique}/overrides", subject="ada", limit=2)
    page = open_console(page="limits")
    page.wait_for_text("Policies", unique)
    page.press_in_row(f"shown-{unique}", "Overrides")
    page.wait_for_text("Overrides", "2 in 1 min")

    page.script(HOLD, f"/next-{unique}/overrides/list")
    page.press_in_row(f"next-{unique}", "Overrides")
    page.wait(lambda: page.script("return held"))
    page.press("Remove", page.region("Overrides"))
    assert f"shown-{unique}" in page.wait(page.question)
    page.press("Remove")

    page.wait(lambda: "removed" in page.messages())
    assert [len(call(f"{server}/v1/rate-limits/policies/{policy}-{unique}/overrides/list", {"after": None})["overrides"])
            for policy in ("shown", "next")] == [0, 1]


def test_an_open_question_ends_with_the_key(open_console, tmp_path):
    same = {}
    with running_server(tmp_path, **same) as server:
        call(f"{server}/v1/sessions", {"userId": "ada"})
        page = open_console(server, page="sessions")
        page.form("Sessions of a user").fill(userId="ada").submit()
        page.wait_for_text("Sessions", "One live session")
        page.press("Revoke all")
        page.wait(page.question)
        same["MICRONAUT_SERVER_PORT"] = str(urllib.parse.urlsplit(server).port)
    with running_server(tmp_path, key="another", **same):
        page.wait(lambda: "does not accept this API key" in page.shown())
        assert page.question() is None


# Shifts the times of the figures, and answers as the server does to a caller whose latest sample is in its future.
STEP = """
const [step, fetch] = [arguments[0], window.fetch];
window.polled = 0;
window.fetch = async (address, options) => {
  if (!address.startsWith('/console/figures')) {
    return fetch(address, options);
  }
  const after = Number(new URL(address, location).searchParams.get('after'));
  const now = Date.now() + step;
  if (after > now + 60_000) {
    return new Response('{"type":"urn:problem:invalid-request"}', {status: 400});
  }
  const figures = await (await fetch('/console/figures', options)).json();
  const samples = figures.samples.slice(-1).map(sample => ({...sample, at: now - 10, connected: false})).filter(({at}) => at > after);
  polled++;
  return new Response(JSON.stringify({...figures, now, samples}));
};
"""


@pytest.mark.parametrize("step", [-30_000, -3_600_000])
def test_figures_go_on_after_a_step_back_of_the_clock(open_console, step):
    page = open_console()
    page.wait(lambda: page.status() == "healthy")
    page.script(STEP, step)
    page.wait(lambda: page.status() == "degraded", patience=12)


@pytest.mark.parametrize("address", ["#/toString", "#/constructor", "#/unknown"])
def test_an_unknown_page_is_the_overview(open_console, address):
    page = open_console(page="limits")
    page.script("location.hash = arguments[0]", address)
    page.wait(lambda: page.heading() == "Overview")
