# SPDX-License-Identifier: Apache-2.0
"""Names that are HTML, turn the text around them, or are long: shown exactly, and never executed."""

import json

import pytest

from . import demo
from .pages import every_page
from .test_every_page import assert_fits


@pytest.fixture(scope="session")
def attacked(server):
    """Fills the shared server with data of hostile names and returns its URL."""
    demo.fill(server, demo.HOSTILE)
    return server


@every_page
def test_data_of_hostile_names_is_shown_exactly(open_console, attacked, page):
    console = open_console(attacked, page=page)
    demo.show(console, page, demo.HOSTILE)
    console.resize(400)
    assert_fits(console)


@every_page
def test_forms_send_and_show_hostile_input_as_text(open_console, attacked, page):
    console = open_console(attacked, page=page)
    demo.show(console, page, demo.HOSTILE)
    # The first form of some pages replaces the others, so it is the last.
    for label in reversed([form.get_attribute("aria-label") for form in console.find_all("main form")]):
        form = console.form(label)
        console.script("arguments[0].noValidate = true", form.element)
        for field in form.fields():
            if field.tag_name == "textarea":
                form.set(field.get_attribute("name"), json.dumps({demo.TEXT: demo.TEXT}))
            elif field.get_attribute("type") in ("text", "password"):
                form.set(field.get_attribute("name"), demo.TEXT)
        form.submit()
        console.wait(lambda form=form: console.question() or not form.is_busy())
        if console.question():
            console.press("Cancel")
    assert console.script("return document.querySelectorAll('main img, main script, dialog img').length") == 0
    console.resize(400)
    assert_fits(console)
