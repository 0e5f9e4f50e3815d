# SPDX-License-Identifier: Apache-2.0
"""The console in a real Chromium. The tests share servers and windows, and none may leave an error behind."""

import json
import subprocess
import urllib.parse

import pytest

from availability import unavailable
from browser import start_browser
from conftest import KEY, running_server
from stack import INFRA

from .page import PROBE, Console

AXE = "4.14.1"
TARGET = INFRA / "target/console"

@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Starts a server for all tests, with its embedded Redis, and yields its URL. Tests use names of their own."""
    with running_server(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def idle_windows():
    """Keeps the windows that no test uses."""
    windows = []
    yield windows
    for window in windows:
        window.quit()


@pytest.fixture
def open_console(request, idle_windows):
    """
    Returns a function that opens the console in a window of its own.

    server: the URL of a server, by default the shared one; key: None to stay at the key gate; page: the path of a page;
    width and height: CSS pixels; scheme: light or dark.
    """
    consoles = []

    def open_window(server=None, key=KEY, page=None, width=1280, height=800, scheme="light"):
        server = server or request.getfixturevalue("server")
        window = idle_windows.pop() if idle_windows else start_probed_browser()
        consoles.append(console := Console(window, server))
        window.get("about:blank")
        window.get_log("browser")
        window.get_log("performance")
        console.resize(width, height)
        console.prefer(scheme)
        window.get(f"{server}/console/index.html" + ("" if key is None else f"#key={urllib.parse.quote(key)}"))
        if key is not None:
            console.wait(lambda: console.find("nav a"))
            if page:
                console.open(page)
        return console

    yield open_window
    failed = getattr(request.node, "failed", False)
    for number, console in enumerate(consoles):
        if failed:
            TARGET.mkdir(parents=True, exist_ok=True)
            console.window.save_screenshot(TARGET / f"{request.node.name.replace('/', '-')}-{number}.png")
        idle_windows.append(console.window)
    if not failed:
        for console in consoles:
            assert (console.errors(), console.violations(), console.script("return window.hacked")) == ([], [], None)


def start_probed_browser():
    window = start_browser()
    window.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": PROBE})
    return window


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        item.failed = True
    return report


@pytest.fixture(scope="session")
def axe():
    """Returns a function that checks what a window shows with axe-core, and returns the violations."""
    folder = TARGET / "axe"
    script = folder / "node_modules/axe-core/axe.min.js"
    if not script.exists() or AXE not in (folder / "node_modules/axe-core/package.json").read_text():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["npm", "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix", folder, f"axe-core@{AXE}"],
                           check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            unavailable(f"npm cannot install axe-core: {failure}")
    source = script.read_text()

    def check(console):
        console.script(source)
        result = console.window.execute_async_script("""
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(done, failure => done({failed: String(failure)}));""")
        assert "violations" in result, result
        return [f"{found['impact']} {found['id']}: {json.dumps([node['html'][:200] for node in found['nodes'][:5]])} {found['nodes'][0]['failureSummary']}"
                for found in result["violations"]]

    return check
