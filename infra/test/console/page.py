"""The console in a browser window, as a person finds things in it: forms and regions by label, buttons by text."""

from selenium.common.exceptions import WebDriverException

from browser import severe, wait

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
        asked = self.wait(lambda: self.script("return document.querySelector('dialog[open] h2')?.textContent"))
        assert question in asked
        self.press(text)

    def find(self, selector, text=None, attribute=None, within=None):
        """Returns the first visible element of this text; None if there is none."""
        return next(iter(self.script(FIND, selector, attribute, text, within)), None)

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

    def value(self, name):
        return self.field(name).get_property("value")

    def set(self, name, value):
        field, script = self.field(name), self.console.script
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
                # Types any character; send_keys cannot type emoji.
                self.console.window.execute_cdp_cmd("Input.insertText", {"text": str(value)})
        return self

    def submit(self):
        """Clicks the form's button."""
        self.element.find_element("css selector", "button.primary").click()
        return self

    def error(self, name):
        """Waits for the error at a field and returns its text."""
        field = self.console.wait(lambda: (found := self.field(name)).get_attribute("aria-invalid") and found)
        return self.console.script("return document.getElementById(arguments[0].getAttribute('aria-describedby')).textContent", field)
