# SPDX-License-Identifier: Apache-2.0
"""The page of sessions."""

import secrets

import pytest

from conftest import call

HOSTILE = "<img src=x onerror=document.title=1>"


@pytest.fixture
def user(server):
    return f"{secrets.token_hex(4)} {HOSTILE}"


@pytest.fixture
def create(server, user):
    """Returns a function that creates a session of the user, and returns it with its token."""
    return lambda **more: call(f"{server}/v1/sessions", {"userId": user} | more)


@pytest.fixture
def page(open_console):
    page = open_console(page="sessions")
    yield page
    assert page.errors() == []


def list_of(page, user):
    page.form("Sessions of a user").fill(userId=user).submit()


def is_live(server, session):
    listed = call(f"{server}/v1/sessions/list", {"userId": session["session"]["userId"]})["sessions"]
    return session["session"]["id"] in [live["id"] for live in listed]


def test_lists_the_sessions_of_a_user_with_their_devices_and_attributes(page, user, create):
    create(device={"name": HOSTILE, "userAgent": "Mozilla/5.0", "ip": "192.0.2.1"}, attributes={"plan": 12345678901234567890},
           actor="support-1")
    list_of(page, user)
    page.wait_for_text("Sessions", "One live session", HOSTILE, "Mozilla/5.0", "192.0.2.1", '"plan": 12345678901234567890',
                       "support-1", "in 30 minutes if idle", "in 24 hours at the latest")


def test_a_user_without_sessions_is_no_failure(page, user):
    list_of(page, user)
    page.wait_for_text("Sessions", "This user has no live session")


def test_revokes_one_session_after_asking(server, page, user, create):
    session = create()
    list_of(page, user)
    page.wait_for_text("Sessions", session["session"]["id"])
    page.press("Revoke")
    page.press("Cancel")
    assert is_live(server, session)

    page.confirm("Revoke", session["session"]["id"])
    page.wait_for_text("Sessions", "This user has no live session")
    assert not is_live(server, session)


def test_revokes_all_sessions_but_one_and_then_all(server, page, user, create):
    sessions = [create() for _ in range(3)]
    list_of(page, user)
    page.wait_for_text("Sessions", "3 live sessions")
    page.confirm("Revoke the others", sessions[2]["session"]["id"])
    page.wait_for_text("Sessions", "One live session")
    assert [is_live(server, session) for session in sessions] == [False, False, True]

    page.confirm("Revoke all", user)
    page.wait_for_text("Sessions", "This user has no live session")
    assert not is_live(server, sessions[2])


def test_finds_the_session_of_a_token_until_it_is_revoked(page, create):
    session = create()
    page.form("Look a token up").fill(token=session["token"]).submit()
    page.wait_for_text("Session of the token", session["session"]["id"], session["session"]["userId"])
    assert session["token"] not in page.window.page_source and session["token"] not in page.window.current_url

    page.confirm("Revoke", session["session"]["id"])
    page.wait_for_text("Session of the token", "No live session")


def test_a_token_that_opens_nothing_is_no_failure_of_the_api_key(page):
    page.form("Look a token up").fill(token="nonsense").submit()
    assert "API key" not in page.wait_for_text("Session of the token", "No live session")
