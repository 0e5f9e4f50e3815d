# SPDX-License-Identifier: Apache-2.0
"""The key: asked for, refused, without a right, and never kept."""

import hashlib
import http.client
import json
import urllib.parse

import pytest
from selenium.webdriver.common.keys import Keys

from conftest import KEY, running_server

WATCHER = "key-of-a-watcher"
LIMITED = "key-that-only-checks"


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


def test_a_key_opens_the_console_and_another_can_be_used(open_console):
    console = open_console(key=None)
    form = console.form("Open the console")
    assert console.script("return document.activeElement.name") == "key"
    form.fill(key=KEY)
    console.type(Keys.ENTER)
    console.wait(lambda: console.heading() == "Overview" and console.status() == "healthy")

    console.press("Use another key")
    console.form("Open the console")
    assert console.find("nav a") is None


@pytest.mark.parametrize("key", ["wrong", "falsch-\U0001f511-ключ", " ", "x" * 5000])
def test_a_wrong_key_is_refused_and_can_be_typed_again(open_console, key):
    console = open_console(key=None)
    console.form("Open the console").fill(key=key).submit()
    console.wait(lambda: "does not accept this API key" in console.shown())
    assert console.find("nav a") is None

    console.form("Open the console").fill(key=KEY).submit()
    console.wait(lambda: console.heading() == "Overview")


def test_a_key_in_the_address_is_taken_out_of_it(open_console, server):
    console = open_console()
    assert console.script("return location.href") == f"{server}/console/index.html#/overview"


def test_the_key_is_in_the_memory_of_the_page_only(open_console):
    console = open_console(page="limits")
    # The browser itself remembers the typed address; a page cannot change that.
    history = [entry["url"] for entry in console.window.execute_cdp_cmd("Page.getNavigationHistory", {})["entries"]]
    stored = console.window.execute_async_script("""
        const done = arguments[arguments.length - 1];
        const entries = storage => Array.from(storage, (_, index) => [storage.key(index), storage.getItem(storage.key(index))]);
        Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()]).then(([databases, caches, workers]) =>
          done(JSON.stringify([databases, caches, workers.length, entries(localStorage), entries(sessionStorage), document.cookie,
            location.href, history.state, document.referrer, window.name, Object.keys(window).filter(name => typeof window[name] === 'string').map(name => window[name])])));""")
    cookies = console.window.get_cookies()
    document = console.script("return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(({value}) => value)")
    entries = console.script("return JSON.stringify(performance.getEntries().filter(({entryType}) => entryType !== 'navigation'))")

    for place in (json.dumps(history), stored, json.dumps(cookies), document, entries):
        assert KEY not in place
    assert json.loads(stored)[:5] == [[], [], 0, [], []]

    console.window.refresh()
    console.form("Open the console")
    assert console.form("Open the console").value("key") == ""


def test_a_key_without_the_right_to_read_is_told_so(open_console, tmp_path):
    keys = f"demo={digest(KEY)},demo/limited={digest(LIMITED)}:check,demo/watcher={digest(WATCHER)}:read"
    with running_server(tmp_path, GATEHOUSE_API_KEYS=keys) as server:
        limited = open_console(server, LIMITED)
        limited.wait(lambda: limited.status() == "refused")
        limited.wait(lambda: "lacks the right" in limited.shown())

        watcher = open_console(server, WATCHER)
        watcher.wait(lambda: watcher.status() == "healthy")


def test_without_a_key_the_server_answers_nothing_that_the_console_reads(open_console, server):
    console = open_console()
    console.wait(lambda: console.status() == "healthy")
    for page in console.pages():
        console.open(page)
    paths = {urllib.parse.urlsplit(url)[2:4] for url in console.requests() if "/console/" not in url or "figures" in url}
    # Metrics need no key, as Prometheus has none.
    paths.discard(("/metrics", ""))
    assert paths
    for path, query in paths:
        for headers in ({}, {"X-Api-Key": "wrong"}, {"X-Api-Key": ""}):
            assert response(server, f"{path}?{query}", headers).status == 401, path


def test_the_pages_forbid_inline_scripts_other_hosts_and_frames(open_console, server):
    console = open_console()
    console.wait(lambda: console.status() == "healthy")
    files = {urllib.parse.urlsplit(url).path for url in console.requests() if "/console/" in url and "figures" not in url}
    assert len(files) > 10
    for path in files:
        headers = response(server, path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("headers", [{"Host": "rebound.example"}, {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}])
def test_it_is_off_behind_a_proxy_and_under_another_name(server, headers):
    assert response(server, "/console/index.html").status == 200
    refused = response(server, "/console/index.html", headers)
    assert refused.status == 403 and "GATEHOUSE_CONSOLE" in refused.read().decode()


def response(server, path, headers=None):
    connection = http.client.HTTPConnection("localhost", urllib.parse.urlsplit(server).port, timeout=10)
    connection.request("GET", path, headers=headers or {})
    return connection.getresponse()
