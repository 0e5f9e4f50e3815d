# SPDX-License-Identifier: Apache-2.0
"""Demo data in every capability, made through the API, and the steps that show it on each page."""

import json
import math
import random
import time
import urllib.error
import urllib.request
from typing import NamedTuple

from conftest import KEY


class Names(NamedTuple):
    """Names of people and things."""

    person: str
    colleague: str
    # The API restricts these to visible ASCII characters.
    word: str
    group: str
    queue: str
    channel: str
    scope: str


DEMO = Names("ada", "grace", "ada", "orders", "mails", "room:lobby", "answers")

HTML = """<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'"""
TEXT = HTML + "\u202e نهاية \U0001f600 "
WORD = HTML.replace(" ", "/")
HOSTILE = Names(TEXT + "W" * (254 - len(TEXT)), "</td></table>&amp;\u202e'\"", WORD + "W" * 50, f"{WORD}g", f"{WORD}q", f"{WORD}c", f"{WORD}s")


class Client:
    """
    Calls the API of a server. Raises HTTPError for any response but 2xx, except those that are accepted. Repeats a request that a
    busy machine answered with 503.
    """

    def __init__(self, server, key=KEY):
        self.server, self.key = server, key

    def call(self, path, body=None, method=None, accept=(), repetitions=10):
        headers = {"X-Api-Key": self.key, "Content-Type": "application/json"}
        request = urllib.request.Request(self.server + path, body if body is None else json.dumps(body).encode(), headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                text = response.read()
                return json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            if error.code in accept:
                return json.load(error)
            if error.code == 503 and repetitions > 0:
                time.sleep(int(error.headers["Retry-After"]))
                return self.call(path, body, method, accept, repetitions - 1)
            error.add_note(f"{path} {body} {error.read().decode()}")
            raise


def fill(server, names=DEMO):
    """Fills every capability with data of these names."""
    client = Client(server)
    for step in (fill_limits, fill_idempotency, fill_sessions, fill_api_keys, fill_cache, fill_states, fill_channels, fill_jobs):
        step(client.call, names)


def fill_limits(call, names):
    call("/v1/rate-limits/policies/free-plan", {"limit": 100, "windowSeconds": 3600}, "PUT")
    call("/v1/rate-limits/policies/pro-plan", {"limit": 5000, "windowSeconds": 3600}, "PUT")
    call("/v1/rate-limits/policies/sign-in", {"limit": 5, "windowSeconds": 300, "blockSeconds": 900}, "PUT")
    call("/v1/rate-limits/policies/new-search", {"limit": 20, "windowSeconds": 60, "shadow": True}, "PUT")
    call("/v1/rate-limits/policies/tokens", {"algorithm": "fixed-window", "limit": 200000, "period": "day", "timeZone": "Europe/Berlin"}, "PUT")
    call("/v1/rate-limits/policies/free-plan/overrides",
         {"subject": names.colleague, "limit": 500, "windowSeconds": 3600, "label": names.person[:100], "expiresInSeconds": 1209600}, "PUT")
    call("/v1/rate-limits/policies/free-plan/overrides", {"subject": "hopper", "policy": "pro-plan", "label": "trial until July"}, "PUT")
    call("/v1/rate-limits/check", {"limits": [{"policy": "free-plan", "subject": names.person, "cost": 73}]}, accept=(429,))
    for _ in range(2):
        call("/v1/rate-limits/leases", {"name": "exports", "subject": names.person, "limit": 3, "leaseMillis": 600000}, accept=(429,))


def fill_idempotency(call, names):
    claim = {"key": names.word, "leaseMillis": 600000}
    owner = call("/v1/idempotency/claims", claim, accept=(409,)).get("owner")
    if owner:
        call("/v1/idempotency/claims/complete", {"key": claim["key"], "owner": owner, "response": {
            "status": 201, "headers": {"Content-Type": ["application/json"], "Location": ["/orders/42"]},
            "body": json.dumps({"order": 42, "for": names.person, "total": "19.90"})}})


def fill_sessions(call, names):
    for device, agent, ip in (("Ada's phone", "Mozilla/5.0 (Android 16; Mobile)", "192.0.2.17"), ("Office", "Mozilla/5.0 (X11; Linux x86_64)", "198.51.100.4"),
                              (names.person[:100], "curl/8.14", "203.0.113.80")):
        call("/v1/sessions", {"userId": names.person, "attributes": {"plan": "free", "name": names.person}, "device": {"name": device, "userAgent": agent, "ip": ip}})


def fill_api_keys(call, names):
    for name, scopes in (("nightly export", ["exports:read"]), (names.person[:100], ["orders:read", "orders:write"])):
        call("/v1/api-keys", {"ownerId": names.person, "name": name, "scopes": scopes, "attributes": {"contact": names.person}, "expiresInSeconds": 7776000})


def fill_cache(call, names):
    call("/v1/cache/put", {"key": names.word, "scope": names.scope, "value": {"text": f"Hello {names.person}", "tokens": 42},
                           "freshSeconds": 3600, "staleSeconds": 86400, "tags": ["small-model", names.word[:128]]})


def fill_states(call, names):
    for number, step in enumerate(("paid", "packed", "waiting for approval")):
        call("/v1/states/save", {"id": f"{names.word}-{number}", "group": names.group, "expect": "any", "value": {"step": step, "customer": names.person, "items": [{"sku": "A-7", "count": 2}]}})
    call("/v1/states/claim", {"id": f"{names.word}-1", "group": names.group, "leaseMillis": 600000}, accept=(409,))


def fill_channels(call, names):
    for number, member in enumerate((names.word, "grace", "edsger")):
        call("/v1/presence/enter", {"channel": names.channel, "userId": member, "connectionId": f"connection-{number}", "info": {"name": member}, "ttlSeconds": 3600})


def fill_jobs(call, names):
    for number in range(4):
        call("/v1/jobs/enqueue", {"queue": names.queue, "id": f"{names.word}-dead-{number}", "payload": {"to": names.person}, "maxAttempts": 1})
    for job in call("/v1/jobs/take", {"queue": names.queue, "max": 4, "leaseMillis": 60000})["jobs"]:
        call("/v1/jobs/fail", {"queue": names.queue, "id": job["id"], "lease": job["lease"], "dead": True, "reason": f"the address of {names.person} bounces"[:200]})
    for number in range(3):
        call("/v1/jobs/enqueue", {"queue": names.queue, "id": f"{names.word}-{number}", "payload": {"to": names.person}, "delayMillis": number * 600000})
    call("/v1/jobs/enqueue", {"queue": names.queue, "id": f"{names.word}-next", "payload": {"to": names.person}, "group": names.word})


def send_traffic(server, seconds):
    """Sends a mixture of requests that rises and falls, for so many seconds. Some are denied."""
    call = Client(server).call
    end = time.monotonic() + seconds
    numbers = random.Random(1)
    while (left := end - time.monotonic()) > 0:
        for _ in range(int(6 + 5 * math.sin(left / 8)) + numbers.randrange(3)):
            subject = numbers.choice(("ada", "grace", "edsger", "barbara"))
            call(*numbers.choice((
                ("/v1/rate-limits/check", {"limits": [{"policy": "new-search", "subject": subject}]}),
                ("/v1/rate-limits/check", {"limits": [{"policy": "sign-in", "subject": subject}]}),
                ("/v1/cache/lookup", {"entries": [{"key": subject, "scope": "answers", "leaseMillis": 0}]}),
                ("/v1/states/list", {"group": "orders"}),
                ("/v1/idempotency/claims", {"key": f"request-{numbers.random()}"}),
            )), accept=(429,))
        time.sleep(0.5)


def show(console, page, names=DEMO):
    """Shows the data of these names on a page, and checks that the names are shown exactly. The page is open."""
    SHOW[page](console, names)


def show_limits(console, names):
    console.form("Look a subject up").fill(subject=names.person, policy="free-plan").submit()
    console.wait_for_text("State of the limit", names.person, " of 100")
    console.wait_for_text("Policies", "free-plan", "new-search")
    console.press_in_row("free-plan", "Overrides")
    console.wait_for_text("Overrides", names.person[:100], "pro-plan")
    console.form("Look leases up").fill(subject=names.person, name="exports").submit()
    console.wait_for_text("Leases", names.person, "2 leases")


def show_idempotency(console, names):
    console.form("Inspect a key").fill(key=names.word).submit()
    console.wait_for_text("Claim", "Completed", "19.90", names.person.replace('"', '\\"'))


def show_sessions(console, names):
    console.form("Sessions of a user").fill(userId=names.person).submit()
    console.wait_for_text("Sessions", "3 live sessions", "Office", names.person[:100], "203.0.113.80")


def show_api_keys(console, names):
    console.form("Keys of an owner").fill(ownerId=names.person).submit()
    console.wait_for_text("Keys", "nightly export", names.person[:100], "orders:write")


def show_cache(console, names):
    console.form("Look at a value").fill(scope=names.scope, key=names.word).submit()
    console.wait_for_text("Value", "Fresh", names.person.replace('"', '\\"'))


def show_states(console, names):
    console.form("States of a group").fill(group=names.group).submit()
    console.wait_for_text("States", f"{names.word}-0", f"{names.word}-2")
    console.form("Read a state").fill(group=names.group, id=f"{names.word}-2").submit()
    console.wait_for_text("State", f"{names.word}-2", "waiting for approval", names.person.replace('"', '\\"'))


def show_channels(console, names):
    console.form("Channel").fill(channel=names.channel).submit()
    console.wait_for_text("Members", names.word, "grace", "edsger")
    console.wait_for_text("Live events", "Waiting for events")
    call = Client(console.server).call
    call("/v1/presence/typing", {"channel": names.channel, "userId": "grace", "connectionId": "connection-1", "typing": True, "ttlMillis": 60000})
    for text in ("Is the export done?", "In a minute.", names.person):
        call("/v1/channels/publish", {"channel": names.channel, "event": "message", "data": {"from": names.colleague, "text": text}})
    console.wait_for_text("Events", "In a minute.", names.person.replace('"', '\\"'))
    console.wait_for_text("Typing", "grace")


def show_jobs(console, names):
    console.form("Queue").fill(queue=names.queue).submit()
    console.wait_for_text("Dead jobs", f"{names.word}-dead-3", f"the address of {names.person} bounces"[:200])
    console.form("Look a job up").fill(id=f"{names.word}-1").submit()
    console.wait_for_text("Job", f"{names.word}-1", names.person.replace('"', '\\"'))


def show_overview(console, names):
    console.wait(lambda: "Requests a second" in console.shown() and console.find("canvas"))
    console.wait_for_text("Troubles", "Version")


def show_health(console, names):
    console.wait_for_text("Health of Redis", "Redis is healthy")
    console.wait_for_text("Statistics of Redis", "Eviction policy")


SHOW = {"overview": show_overview, "limits": show_limits, "idempotency": show_idempotency, "sessions": show_sessions,
        "api-keys": show_api_keys, "cache": show_cache, "states": show_states, "channels": show_channels, "jobs": show_jobs, "health": show_health}
