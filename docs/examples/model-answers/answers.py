#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Answers prompts by a paid model behind the cache: a cached answer costs neither a call nor quota.

    KEY=demo-… docs/examples/model-answers/answers.py      # the key that mvn -Pup prints

Starts a stub of the model that counts its calls. GATEHOUSE_URL names another server than http://localhost:8080.
"""

import http.server
import json
import os
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

GATEHOUSE = os.environ.get("GATEHOUSE_URL", "http://localhost:8080")
KEY = os.environ["KEY"]
SCOPE = "model-answers"
MAX_TOKENS = 400


class Unanswered(Exception):
    """There is no answer now."""


def call(url, body):
    """Sends JSON and returns the status and the JSON of the response."""
    headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.loads(response.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or "null")


def gatehouse(path, body):
    status, response = call(GATEHOUSE + path, body)
    if status not in (200, 204, 409, 429):
        raise Unanswered(f"{path}: {status} {response['title']}")
    return status, response


def tokens(user):
    """Returns the quota of a user: tokens per hour, as spent by the model."""
    return {"name": "model-tokens", "subject": user, "limit": 500, "windowSeconds": 3600}


def answer(user, prompt, model):
    """Returns the cached answer, or that of the model, which the quota of the user pays for."""
    key = {"scope": SCOPE, "key": {"model": "small", "prompt": prompt}}
    _, response = gatehouse("/v1/cache/lookup", {"entries": [key], "waitMillis": 10000})
    entry = response["entries"][0]
    if "lease" in entry:
        return load(user, prompt, model, key, entry)
    if "value" in entry:
        return entry["value"]
    raise Unanswered(f"loading, retry in {entry['loading']['retryAfterMillis']} ms")


def load(user, prompt, model, key, entry):
    """Calls the model under the lease. Then fills, or releases so that others need not wait for the end of the lease."""
    lease = key | {"owner": entry["lease"]["owner"]}
    hold = 0
    try:
        reservation = reserve(user)
        # If the model is down, nobody calls it for a second.
        hold = 1000
        value = generate(user, prompt, model, reservation)
    except Exception:
        gatehouse("/v1/cache/release", lease | {"holdMillis": hold})
        if "value" in entry:
            return entry["value"]
        raise
    lifetime = {"freshSeconds": 3600, "staleSeconds": 86400, "tags": ["model-small"]}
    # A 409 means that an invalidation or another caller was faster. The value is still right for this caller.
    gatehouse("/v1/cache/fill", lease | lifetime | {"value": value})
    return value


def reserve(user):
    """Holds the most tokens that the model can spend. They come back after a minute if this program crashes."""
    hold = {"holdMillis": 60_000, "unsettled": "return", "limits": [tokens(user) | {"cost": MAX_TOKENS}]}
    status, held = gatehouse("/v1/rate-limits/check", hold)
    if status == 429:
        raise Unanswered(f"{user} has no quota left")
    return held["holdId"]


def generate(user, prompt, model, reservation):
    """Calls the model, and settles the held tokens by those that it has spent."""
    spent = 0
    try:
        status, generated = call(model, {"prompt": prompt, "maxTokens": MAX_TOKENS})
        if status != 200:
            raise Unanswered("the model is down")
        spent = generated["tokens"]
        return generated["text"]
    finally:
        gatehouse("/v1/rate-limits/settle", tokens(user) | {"holdId": reservation, "actual": spent})


class Model(http.server.ThreadingHTTPServer):
    """A stub of the paid model: counts its calls, and takes half a second and 60 tokens for each."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Generation)
        self.url = f"http://127.0.0.1:{self.server_port}/generate"
        self.calls = 0
        self.down = False
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Generation(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.calls += 1
            text = f"Answer {self.server.calls} to: {request['prompt']}"
        time.sleep(0.5)
        body = json.dumps({"text": text, "tokens": 60}).encode()
        self.send_response(503 if self.server.down else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Prints no line for each request."""


def remaining(user):
    _, response = gatehouse("/v1/rate-limits/check", {"limits": [tokens(user) | {"cost": 0}]})
    return response["limits"][0]["remaining"]


def main():
    model = Model()
    gatehouse("/v1/cache/invalidate", {"scope": SCOPE, "all": True})
    for user in ("ada", "bob"):
        gatehouse("/v1/rate-limits/reset", {"name": "model-tokens", "subject": user, "limit": 500, "windowSeconds": 3600})

    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda _: answer("ada", "Why is the sky blue?", model.url), range(8)))
    print(f"8 callers, one prompt: {model.calls} model call, {len(set(answers))} answer, ada has {remaining('ada')} tokens left")

    answer("bob", "Why is the sky blue?", model.url)
    print(f"bob asks it, too: {model.calls} model call, bob has {remaining('bob')} tokens left")

    for prompt in ("What is a lease?", "What is a tag?", "What is a stampede?"):
        try:
            answer("bob", prompt, model.url)
        except Unanswered as reason:
            print(f"bob asks more: {model.calls} model calls, then {reason}")
    print(f"ada asks what bob could not: {answer('ada', 'What is a stampede?', model.url)}")

    model.down = True
    gatehouse("/v1/cache/invalidate", {"scope": SCOPE, "tags": ["model-small"], "soft": True})
    print(f"the model is down, so ada gets the stale answer: {answer('ada', 'What is a stampede?', model.url)}")


if __name__ == "__main__":
    main()
