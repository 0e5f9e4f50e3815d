# SPDX-License-Identifier: Apache-2.0
"""Opens the demo page of the local server in two windows of a real browser."""

import urllib.parse

import pytest

from browser import severe, start_browser, wait
from conftest import KEY, running_server

HOSTILE = "<img/src=x/onerror=document.title=1>"


@pytest.fixture
def open_window(server, open_window_on):
    """Returns a function that opens the page of the server in a window with a profile of its own."""
    return lambda: open_window_on(server)


@pytest.fixture
def open_window_on():
    """Returns a function that opens the page of a server in a window with a profile of its own."""
    windows = []

    def open_page(server):
        window = start_browser()
        windows.append(window)
        window.get(f"http://localhost:{urllib.parse.urlsplit(server).port}/demo/index.html")
        return window

    yield open_page
    for window in windows:
        window.quit()


def element(window, name):
    return window.find_element("id", name)


def enter(window, name, room="lobby"):
    element(window, "name").send_keys(name)
    element(window, "room").clear()
    element(window, "room").send_keys(room)
    element(window, "key").send_keys(KEY)
    element(window, "enter").submit()
    wait(window, lambda: name in members(window))


def members(window):
    return element(window, "members").text.split("\n")


def messages(window):
    return element(window, "messages").text.split("\n")


def say(window, text):
    element(window, "text").send_keys(text)
    element(window, "say").submit()


def test_two_windows_see_each_other_join_type_say_and_leave(open_window):
    ada, grace = open_window(), open_window()
    enter(ada, "ada")
    enter(grace, "grace")
    wait(ada, lambda: members(ada) == ["ada", "grace"])

    element(grace, "text").send_keys("Hel")
    wait(ada, lambda: element(ada, "typing").text == "grace is typing")
    say(grace, "lo")
    for window in (ada, grace):
        wait(window, lambda: messages(window) == ["grace: Hello"])
    wait(ada, lambda: element(ada, "typing").text == "")

    grace.get("about:blank")
    wait(ada, lambda: members(ada) == ["ada"])
    assert severe(ada) == []


def test_a_window_that_was_cut_off_gets_what_it_missed_in_order(open_window):
    ada, grace = open_window(), open_window()
    enter(ada, "ada")
    enter(grace, "grace")
    say(ada, "0")
    wait(grace, lambda: messages(grace) == ["ada: 0"])

    grace.execute_script("realtime.interrupt(10000)")
    wait(grace, lambda: element(grace, "status").get_attribute("data-state") == "lost")
    wait(ada, lambda: members(ada) == ["ada"])
    for number in range(1, 6):
        say(ada, str(number))
    wait(ada, lambda: len(messages(ada)) == 6)

    wait(grace, lambda: messages(grace) == [f"ada: {number}" for number in range(6)])
    wait(ada, lambda: members(ada) == ["ada", "grace"])


def test_names_and_messages_are_never_read_as_html(open_window):
    ada, grace = open_window(), open_window()
    enter(ada, "ada")
    enter(grace, HOSTILE)
    say(grace, HOSTILE)
    wait(ada, lambda: messages(ada) == [f"{HOSTILE}: {HOSTILE}"])

    assert HOSTILE in members(ada)
    assert ada.title == "Gatehouse: a room"
    assert ada.find_elements("css selector", "main img") == []


def test_a_wrong_key_opens_no_session(open_window):
    window = open_window()
    element(window, "name").send_keys("ada")
    element(window, "key").send_keys("wrong")
    element(window, "enter").submit()

    wait(window, lambda: element(window, "status").get_attribute("data-state") == "lost")
    assert not element(window, "inside").is_displayed()


def state(window):
    return element(window, "status").get_attribute("data-state")


def test_while_redis_is_stopped_the_windows_show_it_and_nobody_leaves(open_window_on, redis, tmp_path):
    with running_server(tmp_path, REDIS_URL=redis.url) as server:
        ada, grace = open_window_on(server), open_window_on(server)
        enter(ada, "ada")
        enter(grace, "grace")
        wait(ada, lambda: members(ada) == ["ada", "grace"])
        say(ada, "before")
        wait(grace, lambda: messages(grace) == ["ada: before"])

        redis.stop()
        say(ada, "during")
        grace.execute_script("realtime.ping()")
        for window in (ada, grace):
            wait(window, lambda: state(window) == "degraded")
            assert members(window) == ["ada", "grace"]

        redis.start()
        wait(grace, lambda: messages(grace)[-1] == "ada: during")
        say(grace, "after")
        wait(ada, lambda: messages(ada)[-1] == "grace: after")
        grace.execute_script("realtime.ping()")
        for window in (ada, grace):
            wait(window, lambda: state(window) == "open")
            assert members(window) == ["ada", "grace"]


def test_windows_on_two_servers_see_each_other_and_one_returns(open_window_on, redis, tmp_path):
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    with running_server(folders[0], REDIS_URL=redis.url) as first, running_server(folders[1], REDIS_URL=redis.url) as second:
        ada, grace = open_window_on(first), open_window_on(second)
        enter(ada, "ada")
        enter(grace, "grace")
        wait(ada, lambda: members(ada) == ["ada", "grace"])
        element(grace, "text").send_keys("Hel")
        wait(ada, lambda: element(ada, "typing").text == "grace is typing")
        say(grace, "lo")
        for window in (ada, grace):
            wait(window, lambda: messages(window) == ["grace: Hello"])

        grace.execute_script("realtime.interrupt(10000)")
        wait(ada, lambda: members(ada) == ["ada"])
        for number in range(1, 6):
            say(ada, str(number))
        wait(ada, lambda: len(messages(ada)) == 6)
        wait(grace, lambda: messages(grace) == ["grace: Hello"] + [f"ada: {number}" for number in range(1, 6)])
        wait(ada, lambda: members(ada) == ["ada", "grace"])
