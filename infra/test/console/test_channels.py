# SPDX-License-Identifier: Apache-2.0
"""The page of channels: members, typing, live events, publishing, ending a connection."""

import uuid

import pytest

from conftest import call


@pytest.fixture
def channel():
    return f"room:{uuid.uuid4()}"


@pytest.fixture
def console(open_console, channel):
    console = open_console(page="channels")
    console.form("Channel").fill(channel=channel).submit()
    console.wait_for_text("Live events", "Waiting for events")
    return console


def test_members_come_and_go_by_themselves(console, server, channel):
    console.wait_for_text("Members", "Nobody is here")

    member = {"channel": channel, "userId": "ada", "connectionId": "window-1"}
    call(f"{server}/v1/presence/enter", member | {"info": {"name": "Ada"}})
    call(f"{server}/v1/presence/typing", member | {"typing": True, "ttlMillis": 60_000})

    console.wait_for_text("Members", "1 member", "ada", '{"name":"Ada"}')
    console.wait_for_text("Typing", "ada types.")
    console.form("End a connection").fill(userId="ada", connectionId="window-1").submit()
    console.press("End")
    console.wait_for_text("Ended connection", "ada has left.")
    console.wait_for_text("Members", "Nobody is here")
    assert console.errors() == []


def test_events_appear_as_they_are_published_with_their_exact_data(console, channel):
    form = console.form("Publish an event").fill(event="message", data='{"n": 12345678901234567890.0}').submit()

    console.wait_for_text("Events", "message", '{"n":12345678901234567890.0}')
    console.wait_for_text("Published event", "The log has the event")
    form.fill(data="{").submit()
    assert "must be JSON" in form.error("data")


def test_a_pause_misses_no_event_that_the_log_keeps_and_shows_that_others_are_missing(console, server, channel):
    def publish(number):
        call(f"{server}/v1/channels/publish", {"channel": channel, "event": f"event-{number}", "data": number, "keep": {"events": 2}})

    console.press("Pause")
    for number in range(2):
        publish(number)
    console.press("Resume")
    assert console.wait_for_text("Events", "event-0", "event-1").index("event-1") < console.text("Events").index("event-0")

    console.press("Pause")
    for number in range(2, 6):
        publish(number)
    console.press("Resume")
    console.wait_for_text("Events", "Events are missing")
    publish(6)
    console.wait_for_text("Events", "event-6")


def test_a_bad_name_is_shown_at_the_field(open_console):
    form = open_console(page="channels").form("Channel").fill(channel="no spaces").submit()

    assert "visible ASCII" in form.error("channel")


FAILING = """
const fetch = window.fetch;
window.failed = {};
window.alerts = 0;
window.fetch = (address, options) => {
  if (!/catch-up|typing/.test(address)) {
    return fetch(address, options);
  }
  failed[address] = (failed[address] ?? 0) + 1;
  return Promise.resolve(new Response('{"title":"Store unavailable"}', {status: 503, headers: {'Retry-After': '1'}}));
};
new MutationObserver(changes => alerts += changes.flatMap(({addedNodes}) => [...addedNodes]).filter(({role}) => role === 'alert').length)
  .observe(document.querySelector('main'), {subtree: true, childList: true});
"""


def test_a_failure_that_goes_on_is_announced_once_in_each_place(open_console):
    console = open_console(page="channels")
    console.script(FAILING)
    console.form("Channel").fill(channel="room:failing").submit()
    console.wait(lambda: min(console.script("return [0, ...Object.values(failed)].slice(-2)")) >= 3)
    console.wait_for_text("Live events", "Store unavailable")
    assert console.script("return alerts") == 2
