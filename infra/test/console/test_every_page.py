# SPDX-License-Identifier: Apache-2.0
"""What holds on every page of the console."""

import pytest
from selenium.webdriver.common.keys import Keys

from . import demo
from .pages import PAGES, every_page

# Returns the elements that a person can operate but cannot reach: covered, or outside of the page.
UNREACHABLE = """
return [...document.querySelectorAll('main button, main input, main select, main textarea, main a, nav a, header button')]
  .filter(found => found.checkVisibility({visibilityProperty: true}) && !found.closest('.u-legend')).filter(found => {
    found.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
    const {left, top, width, height} = found.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return !(hit && (found.contains(hit) || hit.contains(found) && hit.tagName === 'LABEL'));
  }).map(found => found.outerHTML.slice(0, 200));
"""

FOCUS = """
const found = document.activeElement;
if (!found || found === document.body || found === document.documentElement) return null;
const style = getComputedStyle(found);
return [found.outerHTML.slice(0, 200), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
  found.checkVisibility() && found.getBoundingClientRect().width > 0];
"""


@pytest.fixture(scope="session")
def filled(server):
    """Fills the shared server with demo data and returns its URL."""
    demo.fill(server)
    return server


def test_the_navigation_has_each_page(open_console):
    assert sorted(open_console().pages()) == PAGES


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_has_no_violation_that_axe_finds(open_console, axe, filled, page, scheme):
    console = open_console(filled, page=page, scheme=scheme)
    assert axe(console) == []
    demo.show(console, page)
    assert axe(console) == []


@every_page
def test_fits_a_phone(open_console, filled, page):
    console = open_console(filled, page=page, width=400)
    assert_fits(console)
    demo.show(console, page)
    assert_fits(console)


def assert_fits(console):
    # Plots follow the width of the window a moment later.
    console.wait(lambda: console.script("return document.documentElement.scrollWidth <= innerWidth"), lambda: "the page scrolls sideways", 5)
    assert console.script(UNREACHABLE) == []


@every_page
def test_each_control_gets_a_visible_focus_by_tab_and_none_traps_it(open_console, filled, page):
    console = open_console(filled, page=page)
    demo.show(console, page)
    controls = console.script("""return [...document.querySelectorAll('a, button, input, select, textarea')]
        .filter(found => found.checkVisibility() && !found.disabled).map(found => found.outerHTML.slice(0, 200))""")
    unseen = set(controls)
    for _ in range(2 * len(controls) + 40):
        console.type(Keys.TAB)
        control, outline, visible = console.script(FOCUS) or (None, True, True)
        assert outline and visible, control
        unseen.discard(control)
        if not unseen:
            return
    pytest.fail(f"Tab does not lead from {control} to {unseen}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_key_gate_and_a_question_have_no_violation_that_axe_finds(open_console, axe, filled, scheme):
    gate = open_console(key=None, scheme=scheme, width=400)
    gate.form("Open the console")
    assert axe(gate) == []
    assert_fits(gate)
    gate.form("Open the console").fill(key="wrong").submit()
    gate.wait(lambda: "does not accept" in gate.shown())
    assert axe(gate) == []

    console = open_console(filled, page="sessions", scheme=scheme, width=400)
    demo.show(console, "sessions")
    console.press("Revoke all")
    console.wait(console.question)
    assert axe(console) == []


def test_plots_follow_the_color_scheme(open_console):
    console = open_console(page="overview")
    demo.show(console, "overview")
    drawn = "return [...document.querySelectorAll('canvas')].map(canvas => canvas.toDataURL())"
    light = console.script(drawn)
    console.prefer("dark")
    console.wait(lambda: all(before != after for before, after in zip(light, console.script(drawn), strict=True)))
    console.prefer("light")
