# SPDX-License-Identifier: Apache-2.0
"""Tests infra/bench/measure: its tables and comparisons, without a measurement."""

import importlib.util
from importlib.machinery import SourceFileLoader

import pytest

from stack import INFRA


@pytest.fixture(scope="module")
def measure():
    loader = SourceFileLoader("measure", str(INFRA / "bench/measure"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("measure", loader))
    loader.exec_module(module)
    return module


def report(ratio):
    return {
        "suite": "decisions", "date": "2026-11-29", "jdk": "25", "redis": "6.2.11", "cores": 2, "threads": 8, "rounds": 3,
        "comparisons": [{
            "quantity": "calls a second", "title": "one hot subject",
            "contestants": [
                {"name": "raw EVALSHA", "median": 40000.0, "ofBaseline": 1.0, "rounds": [39000.0, 40000.0, 41000.0]},
                {"name": "Gatehouse", "median": 40000 * ratio, "ofBaseline": ratio, "rounds": [20000.0, 40000 * ratio, 36000.0]},
            ],
        }],
    }


def test_our_ratio_stands_beside_the_committed_one_with_its_spread(measure):
    text = measure.compare({"decisions": report(0.8)}, {"decisions": report(0.9)})
    assert "| decisions | calls a second | Gatehouse, one hot subject | 0.80 | 50% | 0.90 |" in text
    assert "raw EVALSHA" not in text


def test_a_suite_without_a_committed_result_is_listed(measure):
    assert "| 0.80 | 50% | – |" in measure.compare({"decisions": report(0.8)}, {})


def test_results_can_be_compared_with_the_committed_ones(measure):
    committed = measure.reports(measure.COMMITTED)
    assert "| jobs | " in measure.compare(committed, committed)


def test_tables_stand_between_their_marks_only(measure):
    page = "before\n<!-- decisions: calls a second -->\nold\n<!-- end -->\nbetween\n<!-- jobs: jobs a second -->\nkept\n<!-- end -->\n"
    filled = measure.fill(page, {"decisions": report(0.8)})
    assert "old" not in filled
    assert "| **Gatehouse** | 32,000 (0.80) |" in filled
    assert "8 threads, 3 rounds, 2 cores, JDK 25, Redis 6.2.11, 2026-11-29; rounds spread by 5% to 50% of the median." in filled
    assert filled.startswith("before\n") and "\nbetween\n" in filled and "\nkept\n" in filled
    assert measure.fill(filled, {"decisions": report(0.8)}) == filled


def test_suites_share_a_table_and_one_line_about_their_run(measure):
    page = "<!-- decisions, sessions: calls a second -->\n<!-- end -->\n"
    filled = measure.fill(page, {"decisions": report(0.8), "sessions": {**report(0.7), "suite": "sessions"}})
    assert "| *decisions* | |\n| raw EVALSHA | 40,000 (1.00) |\n| **Gatehouse** | 32,000 (0.80) |\n| *sessions* | |\n" in filled
    assert "| **Gatehouse** | 28,000 (0.70) |" in filled
    assert filled.count("3 rounds") == 1
    assert measure.fill(page, {"decisions": report(0.8)}) == page


def test_all_quantities_of_a_suite_are_columns(measure):
    both = report(0.8)
    both["comparisons"].append({
        "quantity": "p99, ms", "title": "one hot subject",
        "contestants": [{"name": "Gatehouse", "median": 1.5, "ofBaseline": 2.0}],
    })
    filled = measure.fill("<!-- decisions: all -->\n<!-- end -->\n", {"decisions": both})
    assert "| calls a second | p99, ms |" in filled
    both["comparisons"][1]["title"] = "10,000 subjects"
    other = measure.fill(filled, {"decisions": both})
    assert "| calls a second, one hot subject | p99, ms, 10,000 subjects |" in other
    assert "| raw EVALSHA | 40,000 (1.00) | – |\n| **Gatehouse** | 32,000 (0.80) | 1.5 (2.00) |" in filled


def test_an_unknown_suite_is_refused(measure):
    with pytest.raises(SystemExit, match="measure short"):
        measure.main(["short", "no-such-suite"])
