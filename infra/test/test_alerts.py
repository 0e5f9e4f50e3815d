# SPDX-License-Identifier: Apache-2.0
"""Checks that each alert rule has a test that fires it, and one that does not; promtool runs them where it is installed."""

import re
import shutil
import subprocess

import pytest
import yaml

from stack import INFRA

DASHBOARDS = INFRA / "dashboards"
RULES = {
    rule["alert"]: rule
    for group in yaml.safe_load((DASHBOARDS / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
}
TESTS = {test["name"]: test for test in yaml.safe_load((DASHBOARDS / "alerts-test.yaml").read_text())["tests"]}


def test_every_alert_has_a_test_and_every_test_an_alert():
    assert TESTS.keys() == RULES.keys()


@pytest.mark.parametrize("name", RULES)
def test_an_alert_fires_for_one_instance_and_then_only(name):
    silent, firing = TESTS[name]["alert_rule_test"]

    assert silent["alertname"] == firing["alertname"] == name
    assert silent["exp_alerts"] == []
    (fired,) = firing["exp_alerts"]
    assert fired["exp_labels"]["severity"] == RULES[name]["labels"]["severity"]
    assert fired["exp_labels"]["instance"] == "loud"
    assert fired["exp_annotations"].keys() == RULES[name]["annotations"].keys()


@pytest.mark.parametrize("name", RULES)
def test_an_instance_with_the_same_series_does_not_fire(name):
    series = [one["series"] for one in TESTS[name]["input_series"]]
    loud = {one.replace('"loud"', '""') for one in series if '"loud"' in one}
    quiet = {one.replace('"quiet"', '""') for one in series if '"quiet"' in one}

    assert loud == quiet
    assert set(re.findall(r"gatehouse_\w+", RULES[name]["expr"])) <= {one.split("{")[0] for one in series}


def test_promtool_accepts_rules_and_tests():
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed; the step alert rules of .ci/run runs it")
    for arguments in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts-test.yaml"]):
        result = subprocess.run([promtool, *arguments], cwd=DASHBOARDS, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
