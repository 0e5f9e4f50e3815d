# SPDX-License-Identifier: Apache-2.0
"""Starts Chromium and waits in it."""

import shutil

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from availability import unavailable

PATIENCE = 20


def start_browser():
    """Starts a Chromium with a profile of its own, whose console and network are logged."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (browser and driver):
        unavailable("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    flags = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"]
    # Tests look at many tabs at once, so a tab in the background must not be slower.
    flags += ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"]
    for flag in flags:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


def wait(window, condition, patience=PATIENCE):
    """Waits until the condition, which takes no arguments, returns a true value, and returns it."""
    return WebDriverWait(window, patience, poll_frequency=0.05).until(lambda _: condition())


def severe(window):
    """Returns the errors in the browser's console since the last call."""
    return [entry["message"] for entry in window.get_log("browser") if entry["level"] == "SEVERE"]
