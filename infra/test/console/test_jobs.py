# SPDX-License-Identifier: Apache-2.0
"""The page of jobs: counts, lists, the dead, one job, enqueueing."""

import uuid

import pytest

from conftest import call, running_server


@pytest.fixture
def queue():
    return f"mails-{uuid.uuid4()}"


@pytest.fixture
def jobs(server, queue):
    """Returns a function that calls an operation of jobs on the queue."""
    return lambda operation, **body: call(f"{server}/v1/jobs/{operation}", body | {"queue": queue})


@pytest.fixture
def show(open_console, queue):
    """Returns a function that shows the queue."""
    def open_queue():
        console = open_console(page="jobs")
        console.form("Queue").fill(queue=queue).submit()
        console.wait_for_text("Counts", "Due")
        console.wait_for_text("Dead jobs", "Refresh")
        console.wait_for_text("Waiting and active jobs", "Refresh")
        return console
    return open_queue


def bury(jobs, *ids):
    for job in ids:
        jobs("enqueue", id=job, payload=1)
        taken = jobs("take")["jobs"][0]
        jobs("fail", id=job, lease=taken["lease"], dead=True, reason=f"no luck with {job}")


def count(console, name):
    """Returns the number of a tile."""
    return console.script("""return [...document.querySelectorAll('[aria-label=Counts] .tile')]
        .find(tile => tile.querySelector('span').textContent === arguments[0])?.querySelector('strong').textContent""", name)


def test_the_counts_follow_the_queue_and_the_lists_have_its_jobs(show, jobs):
    console = show()
    console.wait_for_text("Waiting and active jobs", "No job is due.")
    jobs("enqueue", id="first", payload=1, group="ada")
    jobs("enqueue", id="second", payload=1, group="ada")
    jobs("enqueue", id="later", payload=1, delayMillis=600_000)
    assert [job["id"] for job in jobs("take", max=2)["jobs"]] == ["first"]
    jobs("enqueue", id="due", payload=1)

    for name in ("Due", "Delayed", "Blocked by their group", "Active"):
        console.wait(lambda: count(console, name) == "1", lambda: name)
    console.press("Refresh", console.region("Waiting and active jobs"))
    for state, job in {"due": "due", "delayed": "later", "blocked": "second", "active": "first"}.items():
        console.script("""const state = document.querySelector('select[name=state]');
            state.value = arguments[0]; state.dispatchEvent(new Event('change'))""", state)
        console.wait_for_text("Waiting and active jobs", job)
    assert console.errors() == []


def test_dead_jobs_are_redriven_one_some_and_all(show, jobs):
    bury(jobs, *"abcde")
    console = show()
    console.wait_for_text("Dead jobs", "no luck with e")

    console.press("Redrive", console.region("Dead jobs"))
    console.wait(lambda: count(console, "Dead") == "4")
    for job in "dc":
        console.find("input", f"Select {job}", "aria-label").click()
    console.press("Redrive selected")
    console.wait(lambda: count(console, "Dead") == "2")
    console.confirm("Redrive all", "Redrive all dead jobs")
    console.wait_for_text("Dead jobs", "No job is dead.")
    assert [job["id"] for job in jobs("take", max=5)["jobs"]] == ["e", "d", "c", "b", "a"]


def test_a_job_is_enqueued_looked_up_and_removed(show, jobs):
    console = show()
    console.form("Enqueue a job").fill(payload='{"n": 12345678901234567890.0}', id="mail-1", delayMillis=60_000).submit()
    console.wait_for_text("Enqueued job", "mail-1 is enqueued")

    console.form("Look a job up").fill(id="mail-1").submit()
    console.wait_for_text("Job", "waiting", "12345678901234567890.0", "1 of 3")
    console.confirm("Remove job", "Remove job mail-1")
    console.wait_for_text("Job", "No job has this id")
    assert jobs("counts")["delayed"] == 0
    form = console.form("Enqueue a job").fill(id="no spaces").submit()
    assert "visible ASCII" in form.error("id")


def test_the_queues_that_the_server_drains_are_offered(open_console, tmp_path):
    drains = {"GATEHOUSE_JOBS_TARGET": "http://localhost:9/work", "GATEHOUSE_JOBS_QUEUES": "mails reports",
              "GATEHOUSE_JOBS_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    with running_server(tmp_path, **drains) as server:
        console = open_console(server, page="jobs")

        console.wait(lambda: console.script("return [...document.querySelectorAll('datalist option')].map(({value}) => value)")
                     == ["mails", "reports"])
