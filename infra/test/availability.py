# SPDX-License-Identifier: Apache-2.0
"""Reports missing programs and files: a reason to skip a test on a developer's machine, but a failure in CI."""

import os

import pytest


def unavailable(reason):
    """Skips the current test; fails it in CI, which provides everything that the tests need."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
