# SPDX-License-Identifier: Apache-2.0
"""Redis and the server stopped and started while each page is open."""

import signal
import time
import urllib.parse

import pytest

from conftest import KEY, running_server, server_process

from .pages import PAGES

TYPED = "typed before"
# Hidden tabs poll late, and share six connections. One tab shows a state within five seconds.
DETECTION = 20


@pytest.fixture
def open_tabs(open_console):
    """Returns a function that opens each page of a server in a tab of one window, and types a text into its first text field."""
    def open_all(server):
        console = open_console(server)
        tabs = {}
        for page in PAGES:
            if tabs:
                console.open_tab(f"{server}/console/index.html#key={KEY}")
            console.wait(lambda: console.status() == "healthy")
            console.open(page)
            tabs[page] = console.window.current_window_handle
            console.script("document.querySelector('main input:not([type=checkbox]):not([type=number]), main textarea')?.focus()")
            if console.script("return document.activeElement.matches('input, textarea')"):
                console.insert(TYPED)
        return console, tabs

    yield open_all


def switch(console, tabs):
    for page, tab in tabs.items():
        console.window.switch_to.window(tab)
        yield page


def assert_typed(console):
    texts = console.script("return [...document.querySelectorAll('main input, main textarea')].map(({value}) => value)")
    assert not texts or any(TYPED in text for text in texts)


def assert_shown_in_time(console, state, since):
    """Waits for a state of the header, and checks that it was shown in time."""
    console.wait(lambda: any(at >= since * 1000 and shown == state for at, shown in console.script("return states")),
                 lambda: f"{console.heading()} shows {console.status()}")
    at = next(at for at, shown in console.script("return states") if at >= since * 1000 and shown == state)
    assert at / 1000 - since < DETECTION, console.heading()


def test_each_page_shows_that_redis_is_stopped_keeps_what_was_typed_and_recovers(open_tabs, redis, tmp_path):
    with running_server(tmp_path, REDIS_URL=redis.url, REDIS_COMMAND_TIMEOUT="1000") as server:
        console, tabs = open_tabs(server)
        redis.stop()
        stopped = time.time()
        for _ in switch(console, tabs):
            assert_shown_in_time(console, "degraded", stopped)
            assert_typed(console)
        redis.start()
        started = time.time()
        for _ in switch(console, tabs):
            assert_shown_in_time(console, "healthy", started)
            assert_typed(console)


def test_each_page_survives_a_restart_of_the_server_and_asks_for_a_key_once_it_is_revoked(open_tabs, redis, tmp_path):
    with running_server(tmp_path, REDIS_URL=redis.url) as server:
        console, tabs = open_tabs(server)
    stopped = time.time()
    for _ in switch(console, tabs):
        assert_shown_in_time(console, "unreachable", stopped)
        assert_typed(console)
    same = {"MICRONAUT_SERVER_PORT": str(urllib.parse.urlsplit(server).port), "REDIS_URL": redis.url}
    with running_server(tmp_path, **same):
        started = time.time()
        for _ in switch(console, tabs):
            assert_shown_in_time(console, "healthy", started)
            assert_typed(console)
    with running_server(tmp_path, key="another", **same):
        for _ in switch(console, tabs):
            console.wait(lambda: "does not accept this API key" in console.shown())


def test_a_server_that_hangs_is_shown(open_console, tmp_path):
    with server_process(tmp_path) as (server, process):
        console = open_console(server)
        console.wait(lambda: console.status() == "healthy")
        process.send_signal(signal.SIGSTOP)
        stopped = time.time()
        try:
            assert_shown_in_time(console, "unreachable", stopped)
        finally:
            process.send_signal(signal.SIGCONT)
        assert_shown_in_time(console, "healthy", time.time())
