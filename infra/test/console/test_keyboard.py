# SPDX-License-Identifier: Apache-2.0
"""The whole way by keyboard alone: key, page, form, result, destructive action."""

import pytest
from selenium.webdriver.common.keys import Keys

from conftest import KEY

from . import demo

LIMIT = 200


def focused(console):
    return console.script("return document.activeElement.textContent.trim() || document.activeElement.name")


def tab_to(console, text):
    """Presses Tab until the element of this text or name has the focus."""
    for _ in range(LIMIT):
        if focused(console) == text:
            return
        console.type(Keys.TAB)
    pytest.fail(f"Tab does not lead to {text}")


def test_from_the_key_to_a_destructive_action_and_back(open_console, server):
    call = demo.Client(server).call
    for _ in range(2):
        call("/v1/sessions", {"userId": "keyboard"})
    console = open_console(key=None)
    console.form("Open the console")
    assert focused(console) == "key"
    console.insert(KEY)
    console.type(Keys.ENTER)
    console.wait(lambda: console.heading() == "Overview")

    console.script("document.activeElement.blur()")
    tab_to(console, "Sessions")
    console.type(Keys.ENTER)
    console.wait(lambda: console.heading() == "Sessions" and console.script("return document.activeElement.id") == "main")
    tab_to(console, "userId")
    console.type("keyboard", Keys.ENTER)
    console.wait_for_text("Sessions", "2 live sessions")

    tab_to(console, "Revoke")
    console.type(Keys.ENTER)
    console.wait(console.question)
    assert focused(console) == "Cancel"
    console.type(Keys.ESCAPE)
    console.wait(lambda: not console.question())
    console.wait(lambda: focused(console) == "Revoke")
    console.wait_for_text("Sessions", "2 live sessions")

    console.type(Keys.SPACE)
    console.wait(console.question)
    for _ in range(4):
        console.type(Keys.TAB)
        assert console.script("return document.activeElement === document.body || document.activeElement.closest('dialog') !== null")
    tab_to(console, "Revoke")
    console.type(Keys.ENTER)
    console.wait_for_text("Sessions", "One live session")
    assert focused(console) != "" and console.script("return document.activeElement !== document.body")


def test_the_skip_link_leads_past_the_navigation(open_console):
    console = open_console(page="sessions")
    console.script("document.activeElement.blur()")
    tab_to(console, "Skip to the content")
    assert console.script("const {left, top} = document.activeElement.getBoundingClientRect(); return left >= 0 && top >= 0")
    console.type(Keys.ENTER)
    assert console.script("return document.activeElement.id") == "main"
    console.type(Keys.TAB)
    assert console.script("return document.activeElement.closest('main') !== null")
