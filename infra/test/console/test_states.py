# SPDX-License-Identifier: Apache-2.0
"""The page of states."""

import secrets

import pytest

from conftest import call

HOSTILE = "<img src=x onerror=document.title=1>"


@pytest.fixture
def group():
    return f"group-{secrets.token_hex(4)}"


@pytest.fixture
def save(server, group):
    """Returns a function that saves a state of the group."""
    return lambda id, value=None, **more: call(
        f"{server}/v1/states/save", {"id": id, "group": group, "expect": "any", "value": value or {}} | more)


@pytest.fixture
def read(server, group):
    return lambda id: call(f"{server}/v1/states/read", {"id": id, "group": group})


@pytest.fixture
def page(open_console):
    page = open_console(page="states")
    yield page
    assert page.errors() == []


def list_of(page, group, *texts):
    page.form("States of a group").fill(group=group).submit()
    page.wait_for_text("States", *texts)


def open_state(page, group, id):
    page.form("Read a state").fill(id=id, group=group).submit()
    page.wait_for_text("State", id, "Version")
    return page.form("Edit the value")


def test_lists_a_group_page_by_page_and_opens_a_state(page, group, save):
    for number in range(21):
        save(f"order-{number}-", {"number": number})
    list_of(page, group, "Latest saves", "order-20-", "order-1-")
    assert "order-0-" not in page.text("States")

    page.press("Earlier")
    page.wait_for_text("States", "Earlier saves", "order-0-")
    page.press("Open")
    page.wait_for_text("State", "order-0-", '"number": 0', group)
    page.press("Latest")
    page.wait_for_text("States", "Latest saves")


def test_a_group_and_a_state_that_do_not_exist_are_no_failures(page, group):
    list_of(page, group, "This group has no states")
    page.form("Read a state").fill(id="none").submit()
    page.wait_for_text("State", "No state", "none")


def test_saves_an_edited_value_and_keeps_every_digit(page, group, save, read):
    save("order", {"step": 1, "text": HOSTILE, "big": 12345678901234567890})
    list_of(page, group, "order")
    form = open_state(page, group, "order")
    form.fill(value=form.value("value").replace('"step": 1', '"step": 2.0')).submit()
    page.wait_for_text("Outcome of the change", "was saved")
    page.wait_for_text("State", '"step": 2.0', "12345678901234567890", HOSTILE)
    assert read("order")["value"] == {"step": 2, "text": HOSTILE, "big": 12345678901234567890}


def test_a_save_on_an_old_version_is_refused_and_offers_to_read_again(page, group, save, read):
    save("order", {"step": 1})
    form = open_state(page, group, "order")
    other = save("order", {"step": 5})
    form.fill(value='{"step": 2}').submit()
    page.wait_for_text("Outcome of the change", "Version mismatch", str(other["version"]))
    assert form.value("value") == '{"step": 2}' and read("order")["value"] == {"step": 5}

    page.press("Read again", page.region("Outcome of the change"))
    page.wait_for_text("State", '"step": 5')
    page.form("Edit the value").fill(value='{"step": 6}').submit()
    page.wait_for_text("State", '"step": 6')


def test_a_malformed_value_is_shown_at_its_field(page, group, save):
    save("order")
    form = open_state(page, group, "order").fill(value="{").submit()
    assert "must be JSON" in form.error("value")
    form.fill(value="[]").submit()
    page.wait(lambda: "object" in form.error("value"))


def test_takes_over_a_claim_with_what_was_typed_and_releases_it(server, page, group, save, read):
    save("order", {"step": 1})
    call(f"{server}/v1/states/claim", {"id": "order", "group": group, "leaseMillis": 600_000})
    form = open_state(page, group, "order").fill(value='{"step": 2}').submit()
    page.wait_for_text("Outcome of the change", "claimed")

    page.confirm("Take the claim over", "Take the claim of")
    page.wait_for_text("State", "Fence of this page")
    assert form.value("value") == '{"step": 2}'
    form.submit()
    page.wait_for_text("State", '"step": 2')
    page.press("Release the claim")
    page.wait(lambda: "Fence" not in page.text("State"))
    assert read("order")["writer"] is None


def test_deletes_a_state_after_asking(page, group, save):
    save("order")
    list_of(page, group, "order")
    open_state(page, group, "order")
    page.confirm("Delete", "Delete the state order")
    page.wait_for_text("State", "No state")
    page.wait_for_text("States", "This group has no states")
