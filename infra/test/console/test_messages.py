# SPDX-License-Identifier: Apache-2.0
"""Short messages of the console: in nobody's way, and long enough to read."""

import secrets

import pytest

from conftest import call

FAIL = """
const [fetch, setTimeout] = [window.fetch, window.setTimeout];
window.delays = [];
window.fetch = (address, options) => options.method === 'DELETE'
  ? Promise.resolve(new Response('{"title":"Store unavailable","detail":"Unknown outcome."}', {status: 503}))
  : fetch(address, options);
window.setTimeout = (action, millis) => {
  delays.push(millis);
  return setTimeout(action, millis);
};
"""


@pytest.fixture
def page(open_console, server):
    user = secrets.token_hex(4)
    call(f"{server}/v1/sessions", {"userId": user})
    page = open_console(page="sessions")
    page.form("Sessions of a user").fill(userId=user).submit()
    page.wait_for_text("Sessions", "One live session")
    return page


def test_a_message_does_not_take_the_clicks_of_the_buttons_below_it(page):
    page.confirm("Revoke", "Revoke the session")
    page.wait(lambda: "was revoked" in page.messages())
    assert page.script("""
        const {left, top, width, height} = document.querySelector('#messages p').getBoundingClientRect();
        return document.getElementById('messages').contains(document.elementFromPoint(left + width / 2, top + height / 2));""") is False


def test_many_messages_do_not_fill_the_window(page):
    page.script("import('/console/forms.js').then(({announce}) => Array.from({length: 20}, (_, index) => announce(`message ${index}`)))")
    page.wait(lambda: "message 19" in page.messages())
    assert page.messages().split() == [word for index in range(16, 20) for word in ("message", str(index))]


def test_a_failure_stays_for_half_a_minute(page):
    page.script(FAIL)
    page.confirm("Revoke", "Revoke the session")
    page.wait(lambda: "Unknown outcome." in page.messages())
    assert 30_000 in page.script("return delays")
