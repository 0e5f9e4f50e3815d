"""The console in a real Chromium. The tests share servers and windows."""

import urllib.parse

import pytest

from browser import start_browser
from conftest import KEY, running_server
from stack import INFRA

from .page import Console

FAILED = INFRA / "target/console"


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
    width: CSS pixels; scheme: light or dark.
    """
    windows = []

    def open_window(server=None, key=KEY, page=None, width=1280, height=800, scheme="light"):
        server = server or request.getfixturevalue("server")
        window = idle_windows.pop() if idle_windows else start_browser()
        windows.append(window)
        window.get("about:blank")
        window.get_log("browser")
        window.get_log("performance")
        window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                               {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        set_scheme(window, scheme)
        window.get(f"{server}/console/index.html" + ("" if key is None else f"#key={urllib.parse.quote(key)}"))
        console = Console(window, server)
        if key is not None:
            console.wait(lambda: console.find("nav a"))
            if page:
                console.open(page)
        return console

    yield open_window
    for number, window in enumerate(windows):
        if getattr(request.node, "failed", False):
            FAILED.mkdir(parents=True, exist_ok=True)
            window.save_screenshot(FAILED / f"{request.node.name.replace('/', '-')}-{number}.png")
        idle_windows.append(window)


def set_scheme(window, scheme):
    window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        item.failed = True
    return report
