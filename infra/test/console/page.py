# SPDX-License-Identifier: Apache-2.0
"""The console in a browser window, as a person finds things in it: forms and regions by label, buttons by text."""

import json
from collections import defaultdict

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import ActionChains

from browser import severe, wait

# Records what a hostile name would do, and the states that the header has shown.
PROBE = """
window.violations = [];
addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI}) => violations.push(`${violatedDirective} ${blockedURI}`));
window.states = [];
addEventListener('DOMContentLoaded', () => new MutationObserver(() => states.push([Date.now(), document.getElementById('status').dataset.state]))
  .observe(document.getElementById('status') ?? document, {attributes: true, attributeFilter: ['data-state']}));
"""

# Finds visible elements by an accessible text, within the open dialog if there is one.
FIND = """
const [selector, attribute, text, within] = arguments;
const root = within ?? document.querySelector('dialog[open]') ?? document;
return [...root.querySelectorAll(selector)].filter(found => found.checkVisibility()
  && (text === null || (attribute ? found.getAttribute(attribute) : found.textContent.trim()) === text));
"""


class Console:
    """A window that shows the console."""

    def __init__(self, window, server):
        self.window, self.server = window, server

    def open(self, page):
        """Opens a page by its path, such as api-keys, through the navigation."""
        links = wait(self.window, lambda: self.window.find_elements("css selector", f'nav a[href="#/{page}"]'))
        title = links[0].get_attribute("textContent")
        self.script("arguments[0].click()", links[0])
        self.wait(lambda: self.heading() == title)
        return self

    def pages(self):
        """Returns the paths of the pages in the navigation."""
        return [link.get_attribute("hash")[2:] for link in self.window.find_elements("css selector", "nav a")]

    def heading(self):
        return self.script("return document.querySelector('h1')?.textContent")

    def form(self, label):
        """Waits for the form of this label."""
        return Form(self, self.wait(lambda: self.find("form", label, "aria-label")))

    def region(self, label):
        """Waits for the region of this label, which may still be empty."""
        return self.wait(lambda: self.script(
            "return document.querySelector(`[aria-label=${CSS.escape(arguments[0])}]`)", label))

    def wait_for_text(self, label, *texts):
        """Waits until the region of this label shows every text, and returns all that it shows."""
        return self.wait(lambda: (shown := self.text(label)) is not None and all(text in shown for text in texts) and shown,
                         lambda: f"{label} shows {self.text(label)!r}, not {texts}")

    def text(self, label):
        """Returns the text of the region of this label; None if there is no such region."""
        return self.script("return document.querySelector(`[aria-label=${CSS.escape(arguments[0])}]`)?.innerText", label)

    def press(self, text, within=None):
        """Clicks the button of this text, in the open dialog if there is one, as a mouse does."""
        self.wait(lambda: self.find("button:not(:disabled)", text, within=within)).click()

    def confirm(self, text, question):
        """Clicks the destructive button of this text, checks that the dialog asks the question, and agrees."""
        self.press(text)
        assert question in self.wait(self.question)
        self.press(text)

    def question(self):
        """Returns the question of the open dialog; None if there is none."""
        return self.script("return document.querySelector('dialog[open] h2')?.textContent")

    def press_in_row(self, row, text):
        """Clicks the button of this text in the table row that contains another text."""
        self.press(text, self.wait(lambda: next((found for found in self.find_all("tr") if row in found.text), None)))

    def row_text(self, row):
        """Returns all that the table row shows that contains this text; nothing if there is no such row."""
        return self.script("return [...document.querySelectorAll('tr')].map(tr => tr.innerText).find(text => text.includes(arguments[0]))",
                           row) or ""

    def find(self, selector, text=None, attribute=None, within=None):
        """Returns the first visible element of this text; None if there is none."""
        return next(iter(self.find_all(selector, text, attribute, within)), None)

    def find_all(self, selector, text=None, attribute=None, within=None):
        """Returns the visible elements of this text, in the open dialog if there is one."""
        return self.script(FIND, selector, attribute, text, within)

    def type(self, *keys):
        """Presses keys, wherever the focus is."""
        ActionChains(self.window, duration=0).send_keys(*keys).perform()

    def status(self):
        """Returns the state in the header: healthy, degraded, unreachable, refused or unknown."""
        return self.script("return document.getElementById('status').dataset.state")

    def messages(self):
        return self.script("return document.getElementById('messages').innerText")

    def script(self, source, *arguments):
        return self.window.execute_script(source, *arguments)

    def wait(self, condition, explanation=None, patience=20):
        """Waits until the condition holds. Elements may vanish meanwhile."""
        def holds():
            try:
                return condition()
            except WebDriverException:
                return None
        try:
            return wait(self.window, holds, patience)
        except WebDriverException:
            raise AssertionError(explanation() if explanation else f"after {patience} s: {self.script('return document.body.innerText')}") from None

    def resize(self, width, height=800):
        """Sets the size of the window in CSS pixels; Chromium's own windows are at least 500 wide."""
        self.window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def prefer(self, scheme):
        """Prefers the color scheme light or dark."""
        self.window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def shown(self):
        """Returns all text of the window."""
        return self.script("return document.body.innerText")

    def open_tab(self, url):
        """Opens an address in a further tab and switches to it."""
        self.window.switch_to.new_window("tab")
        self.window.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": PROBE})
        self.window.get(url)

    def insert(self, text):
        """Types a text into the focused field. It may have any character; Selenium's keys have no emoji."""
        self.window.execute_cdp_cmd("Input.insertText", {"text": text})

    def network(self):
        """Returns the events of the network since the last call, by name."""
        events = defaultdict(list)
        for entry in self.window.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            events[message["method"]].append(message["params"])
        return events

    def requests(self):
        """Returns the addresses that were requested since the last call."""
        return {event["request"]["url"] for event in self.network()["Network.requestWillBeSent"]}

    def violations(self):
        """Returns the violations of the Content-Security-Policy since the page was loaded."""
        return self.script("return window.violations ?? []")

    def errors(self):
        """Returns the errors in the browser's console since the last call, without the answers of the API."""
        return [message for message in severe(self.window) if "Failed to load resource" not in message]


class Form:
    """A form of the console."""

    def __init__(self, console, element):
        self.console, self.element = console, element

    def fill(self, **values):
        """Types texts into text fields, selects options by value, and sets checkboxes by True and False."""
        for name, value in values.items():
            self.set(name, value)
        return self

    def field(self, name):
        return self.element.find_element("css selector", f'[name="{name}"]')

    def fields(self):
        return self.element.find_elements("css selector", "[name]")

    def is_busy(self):
        """Returns whether the form waits for a response."""
        try:
            return self.console.script("return arguments[0].querySelector('button.primary').hasAttribute('aria-disabled')", self.element)
        except StaleElementReferenceException:
            return False

    def value(self, name):
        return self.field(name).get_property("value")

    def set(self, name, value):
        field, script = self.field(name), self.console.script
        # Unfolds the rarer fields, as a person does.
        script("arguments[0].closest('details')?.setAttribute('open', '')", field)
        if isinstance(value, bool):
            if field.is_selected() != value:
                field.click()
        elif field.tag_name == "select" or field.get_attribute("type") in ("date", "datetime-local", "time"):
            script("""arguments[0].value = arguments[1];
                arguments[0].dispatchEvent(new Event('input', {bubbles: true}));
                arguments[0].dispatchEvent(new Event('change', {bubbles: true}));""", field, value)
            assert field.get_property("value") == value
        else:
            script("arguments[0].focus(); arguments[0].select()", field)
            if value == "":
                script("document.execCommand('delete')")
            else:
                self.console.insert(str(value))
        return self

    def submit(self):
        """Clicks the form's button."""
        self.element.find_element("css selector", "button.primary").click()
        return self

    def error(self, name):
        """Waits for the error at a field and returns its text."""
        field = self.console.wait(lambda: (found := self.field(name)).get_attribute("aria-invalid") and found)
        return self.console.script("return document.getElementById(arguments[0].getAttribute('aria-describedby')).textContent", field)
