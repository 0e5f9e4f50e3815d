# SPDX-License-Identifier: Apache-2.0
"""The page of limits: states and repairs, policies, overrides and leases."""

import json
import urllib.request
import uuid

import pytest

from conftest import KEY, call, running_server

HOSTILE = "<img src=x onerror=alert(1)> \u202eabc"


@pytest.fixture
def limits(open_console):
    """Opens the page, and checks that nothing failed in it."""
    console = open_console(page="limits")
    yield console
    assert console.errors() == []


@pytest.fixture
def unique():
    return uuid.uuid4().hex[:12]


def check(console, cost, **limit):
    return call(f"{console.server}/v1/rate-limits/check", {"mode": "each", "limits": [limit | {"cost": cost}]})


def put_policy(server, policy, **members):
    headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server}/v1/rate-limits/policies/{policy}", json.dumps(members).encode(), headers, method="PUT")
    urllib.request.urlopen(request, timeout=10).close()


def look_up(console, text, **fields):
    console.form("Look a subject up").fill(**fields).submit()
    return console.wait_for_text("State of the limit", text)


def test_says_why_a_subject_is_limited_and_resets_it(limits, unique):
    limit = {"name": unique, "subject": HOSTILE, "limit": 3, "windowSeconds": 3600}
    check(limits, 3, **limit)

    shown = look_up(limits, "is limited: all units", **limit)
    assert "The next one is free in" in shown and "0 of 3" in shown and HOSTILE in shown
    limits.confirm("Reset", f"Reset {unique} for {HOSTILE}?")

    limits.wait_for_text("State of the limit", "3 more units may pass now", "3 of 3")
    assert check(limits, 0, **limit)["limits"][0]["remaining"] == 3


def test_gives_units_back(limits, unique):
    limit = {"name": unique, "subject": "ada", "limit": 3, "windowSeconds": 3600}
    check(limits, 3, **limit)
    look_up(limits, "is limited", **limit)

    limits.form("Give units back").fill(cost="2").submit()

    limits.wait_for_text("State of the limit", "2 more units may pass now")


def test_says_that_a_subject_is_locked_out(limits, unique):
    limit = {"name": unique, "subject": "ada", "limit": 1, "windowSeconds": 1, "blockSeconds": 3600}
    check(limits, 2, **limit)

    look_up(limits, "ada is locked out", **limit)
    limits.confirm("Reset", "Reset")

    limits.wait_for_text("State of the limit", "ada is not limited")


def test_shows_errors_at_their_fields_and_keeps_what_was_typed(limits, unique):
    form = limits.form("Look a subject up").fill(subject="ada", policy=unique).submit()
    assert form.error("policy") == "is not a known policy"
    assert form.value("subject") == "ada"

    form.fill(policy="", name=unique, limit="3").submit()
    assert form.error("windowSeconds") == "is missing"


def test_stores_edits_shadows_and_deletes_a_policy(limits, unique):
    form = limits.form("Store a policy").fill(name=unique, limit="5", windowSeconds="60", burst="2").submit()
    limits.wait_for_text("Stored policy", f"{unique} is stored: 5 in 1 min, 2 at once")
    limits.wait_for_text("Policies", unique)

    form.fill(name="", limit="")
    limits.press_in_row(unique, "Edit")
    limits.wait(lambda: form.value("name") == unique)
    assert (form.value("limit"), form.value("burst")) == ("5", "2")
    form.fill(limit="6").submit()
    limits.wait(lambda: "6 in 1 min" in limits.row_text(unique))

    limits.press_in_row(unique, "Shadow on")
    limits.press("Shadow on")
    limits.wait(lambda: "no: in shadow" in limits.row_text(unique))
    policy = call(f"{limits.server}/v1/rate-limits/policies/{unique}")
    assert (policy["limit"], policy["burst"], policy["shadow"]) == (6, 2, True)

    limits.press_in_row(unique, "Delete")
    limits.press("Delete")
    limits.wait(lambda: unique not in limits.text("Policies"))


def test_asks_before_it_replaces_another_policy(limits, unique):
    put_policy(limits.server, unique, limit=5, windowSeconds=60)
    form = limits.form("Store a policy").fill(name=unique, limit="9", windowSeconds="60").submit()
    limits.wait(lambda: limits.find("dialog h2", f"Replace the policy {unique}?"))
    limits.press("Cancel")
    assert call(f"{limits.server}/v1/rate-limits/policies/{unique}")["limit"] == 5

    form.submit()
    limits.press("Replace")

    limits.wait_for_text("Stored policy", "9 in 1 min")


def test_stores_finds_and_removes_an_override(limits, unique):
    put_policy(limits.server, unique, limit=5, windowSeconds=60)
    limits.press("Read again")
    limits.press_in_row(unique, "Overrides")
    limits.wait_for_text("Overrides", "no override")
    limits.form("Store an override").fill(subject=HOSTILE, limit="2", label=HOSTILE, expiresInSeconds="172800").submit()
    limits.wait_for_text("Overrides", "2 in 1 min", HOSTILE, "in 2 days")

    assert HOSTILE in look_up(limits, "2 of 2", subject=HOSTILE, policy=unique).split("Override")[1]

    limits.confirm("Remove", "Remove the override of")
    limits.wait_for_text("Overrides", "no override")
    look_up(limits, "5 of 5", subject=HOSTILE, policy=unique)

    limits.form("Store an override").submit()
    limits.wait_for_text("Overrides", "2 in 1 min")
    limits.form("Remove an override").fill(subject=HOSTILE)
    limits.confirm("Remove by subject", f"Remove the override of {HOSTILE}?")
    limits.wait_for_text("Overrides", "no override")


def test_declared_policies_are_read_only(open_console, tmp_path):
    declared = json.dumps({"policies": {"declared-plan": {"limit": 10, "windowSeconds": 60}}})
    with running_server(tmp_path, GATEHOUSE_POLICIES=declared) as server:
        console = open_console(server, page="limits")
        console.wait_for_text("Policies", "declared-plan", "declared, read-only", "GATEHOUSE_POLICIES")
        assert console.find("button", "Edit") is None and console.find("button", "Delete") is None
        look_up(console, "10 in 1 min, declared", subject="ada", policy="declared-plan")


def test_looks_leases_up_and_ends_them(limits, unique):
    leases = f"{limits.server}/v1/rate-limits/leases"
    lease = {"name": unique, "subject": "ada"}
    granted = [call(leases, lease | {"limit": 3, "leaseMillis": 3_600_000 * (hours + 1)}) for hours in range(2)]
    limits.form("Look leases up").fill(**lease).submit()
    shown = limits.wait_for_text("Leases", f"2 leases of {unique} are live for ada", "in 2 hours")
    assert not any(one["leaseId"] in shown for one in granted)

    limits.confirm("End all leases", f"End all leases of {unique} for ada?")

    limits.wait_for_text("Leases", "No lease")
    assert call(leases, lease | {"limit": 1, "leaseMillis": 1000})["fence"] > granted[-1]["fence"]


def test_names_the_limit_of_leases_by_a_policy(limits, unique):
    put_policy(limits.server, unique, limit=1, windowSeconds=60)
    call(f"{limits.server}/v1/rate-limits/leases", {"policy": unique, "subject": "ada", "leaseMillis": 3_600_000})

    limits.form("Look leases up").fill(subject="ada", policy=unique).submit()

    limits.wait_for_text("Leases", "1 of 1 in use", "all are taken")
