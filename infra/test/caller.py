# SPDX-License-Identifier: Apache-2.0
"""A caller of a Gatehouse server."""

import json
import urllib.error
import urllib.request

from conftest import KEY

LEASE = {"leaseMillis": 600_000}


class Caller:
    """Calls a server, and returns the status and the body of each response."""

    def __init__(self, url):
        self.url = url

    def __call__(self, path, body=None, method="POST"):
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body and json.dumps(body).encode(), headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def complete(self, key):
        """Claims a key and completes the claim, unless it is completed; returns the outcome of the claim."""
        status, claim = self("/v1/idempotency/claims", {"key": key, **LEASE})
        if status == 201:
            completion = {"key": key, "owner": claim["owner"], "response": {"status": 201, "body": f"done {key}"}}
            assert self("/v1/idempotency/claims/complete", completion)[0] == 200
        return claim["outcome"]

    def publish(self, data):
        event = {"channel": "room:42", "event": "message", "data": data, "keep": {"events": 100, "seconds": 3600}}
        return self("/v1/channels/publish", event)[1]["at"]

    def charge(self, cost):
        limit = {"name": "api", "subject": "ada", "limit": 5, "windowSeconds": 864_000, "cost": cost}
        return self("/v1/rate-limits/check", {"limits": [limit]})[1]["limits"][0]["remaining"]
