"""Opens the demo page of the local server in two windows of a real browser."""

import shutil
import urllib.parse

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from availability import unavailable
from conftest import KEY

HOSTILE = "<img/src=x/onerror=document.title=1>"
PATIENCE = 20


@pytest.fixture
def open_window(server):
    """Returns a function that opens the page in a window with a profile of its own."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (browser and driver):
        unavailable("chromium and chromedriver are not installed")
    windows = []

    def open_page():
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        window = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
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


def wait(window, condition):
    WebDriverWait(window, PATIENCE, poll_frequency=0.05).until(lambda _: condition())


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
    assert [entry for entry in ada.get_log("browser") if entry["level"] == "SEVERE"] == []


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
