# SPDX-License-Identifier: Apache-2.0
"""Runs the example checkpointer on the local server: LangGraph's conformance suite, and 15 clauses on who may write."""

import asyncio
import sys
import time
import uuid

import pytest

from conftest import KEY, running_server
from stack import INFRA

conformance = pytest.importorskip("langgraph.checkpoint.conformance", reason="langgraph-checkpoint-conformance is not installed")
sys.path.insert(0, str(INFRA.parent / "docs/examples/langgraph-saver"))

from langgraph.checkpoint.conformance.test_utils import generate_checkpoint, generate_config, generate_metadata  # noqa: E402
from saver import GatehouseSaver, WriterHeld, WriterLost  # noqa: E402


def test_the_saver_conforms(server):
    # The suite names its threads, so each of its savers has a group of its own.
    @conformance.checkpointer_test(name="GatehouseSaver")
    async def savers():
        yield GatehouseSaver(server, KEY, group=uuid.uuid4().hex)

    report = asyncio.run(conformance.validate(savers))

    assert report.passed_all_base(), report.to_dict()


class Thread:
    """A thread, as two processes see it."""

    def __init__(self, server):
        self.id = uuid.uuid4().hex
        self.old = GatehouseSaver(server, KEY)
        self.new = GatehouseSaver(server, KEY)

    def put(self, saver, parent=None):
        """Puts a checkpoint and returns its config."""
        config = parent or generate_config(self.id)
        return saver.put(config, generate_checkpoint(), generate_metadata(), {})

    def ids(self):
        return {found.checkpoint["id"] for found in self.new.list(generate_config(self.id))}

    def supersede(self):
        """Returns the checkpoint that the old writer has put before the new one took over."""
        self.old.claim(self.id)
        tip = self.put(self.old)
        self.new.claim(self.id, take_over=True)
        return tip


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One server for all clauses."""
    with running_server(tmp_path_factory.mktemp("langgraph")) as url:
        yield url


@pytest.fixture
def thread(shared):
    return Thread(shared)


def test_01_an_unclaimed_thread_accepts_every_writer(thread):
    thread.put(thread.new, thread.put(thread.old))
    assert len(thread.ids()) == 2


def test_02_a_claimant_writes(thread):
    thread.old.claim(thread.id)
    thread.put(thread.old)


def test_03_a_second_claimant_is_refused(thread):
    thread.old.claim(thread.id)
    with pytest.raises(WriterHeld):
        thread.new.claim(thread.id)


def test_04_a_writer_without_a_claim_is_refused_beside_one_with(thread):
    thread.old.claim(thread.id)
    with pytest.raises(WriterHeld):
        thread.put(thread.new)


def test_05_a_take_over_supersedes_at_once(thread):
    tip = thread.supersede()
    thread.put(thread.new, tip)


def test_06_a_superseded_writer_puts_nothing(thread):
    tip = thread.supersede()
    with pytest.raises(WriterLost):
        thread.put(thread.old, tip)
    assert thread.ids() == {tip["configurable"]["checkpoint_id"]}


def test_07_a_superseded_writer_puts_no_writes(thread):
    tip = thread.supersede()
    with pytest.raises(WriterLost):
        thread.old.put_writes(tip, [("channel", "value")], "task")
    assert thread.new.get_tuple(tip).pending_writes == []


def test_08_a_superseded_writer_is_refused_every_time(thread):
    tip = thread.supersede()
    thread.put(thread.new, tip)
    for _ in range(3):
        with pytest.raises(WriterLost):
            thread.put(thread.old, tip)


def test_09_a_superseded_writer_deletes_nothing(thread):
    thread.supersede()
    with pytest.raises(WriterLost):
        thread.old.delete_thread(thread.id)
    assert thread.ids()


def test_10_a_superseded_writer_still_reads(thread):
    tip = thread.supersede()
    latest = thread.put(thread.new, tip)
    assert thread.old.get_tuple(generate_config(thread.id)).config == latest


def test_11_a_superseded_writer_does_not_extend(thread):
    thread.supersede()
    with pytest.raises(WriterLost):
        thread.old.extend(thread.id)


def test_12_a_superseded_writer_releases_nothing(thread):
    tip = thread.supersede()
    thread.old.release(thread.id)
    with pytest.raises(WriterHeld):
        thread.put(thread.old, tip)


def test_13_a_released_thread_can_be_claimed(thread):
    thread.old.claim(thread.id)
    thread.old.release(thread.id)
    thread.new.claim(thread.id)


def test_14_a_late_writer_writes_until_another_claims(thread):
    thread.old.claim(thread.id, lease_millis=1)
    limit = time.monotonic() + 5
    while True:
        tip = thread.put(thread.old)
        try:
            thread.new.claim(thread.id)
            break
        except WriterHeld:
            assert time.monotonic() < limit
    with pytest.raises(WriterLost):
        thread.put(thread.old, tip)


def test_15_a_claim_is_of_one_thread(shared, thread):
    other = Thread(shared)
    thread.old.claim(thread.id)
    other.put(other.new)
    other.new.claim(other.id)
