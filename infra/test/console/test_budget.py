# SPDX-License-Identifier: Apache-2.0
"""The weight and the speed of the first load."""

import json
import urllib.parse

from browser import severe

BUDGET = 300 * 1024


def test_the_first_load_is_light_fast_and_from_one_host(open_console):
    paints, weights = [], []
    for _ in range(3):
        console = open_console()
        console.wait(lambda: console.status() == "healthy")
        events = console.network()
        urls = {event["request"]["url"] for event in events["Network.requestWillBeSent"]}
        hosts = {urllib.parse.urlsplit(url).netloc for url in urls if not url.startswith(("data:", "about:"))}
        assert hosts == {urllib.parse.urlsplit(console.server).netloc}
        weights.append(sum(event["encodedDataLength"] for event in events["Network.loadingFinished"]))
        paints.append(console.wait(lambda: console.script(
            "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime")))
        assert severe(console.window) == []
    print(json.dumps({"bytes": weights, "first contentful paint, ms": paints}))
    assert max(weights) < BUDGET
    assert min(paints) < 1000
