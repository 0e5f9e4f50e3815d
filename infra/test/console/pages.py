# SPDX-License-Identifier: Apache-2.0
"""The pages of the console, from its sources, so that a new one is tested without being listed here."""

import pytest

from conftest import RESOURCES

PAGES = sorted(path.stem for path in (RESOURCES / "console/pages").glob("*.js"))

every_page = pytest.mark.parametrize("page", PAGES)
