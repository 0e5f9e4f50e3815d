# SPDX-License-Identifier: Apache-2.0
import pytest

from availability import unavailable


def test_what_is_unavailable_is_skipped_on_a_developers_machine(monkeypatch):
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no server"):
        unavailable("no server")


def test_what_is_unavailable_fails_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="no server"):
        unavailable("no server")
