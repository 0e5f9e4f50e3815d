# SPDX-License-Identifier: Apache-2.0
"""Runs the examples of the documentation on the local server."""

import os
import re
import subprocess
import sys

from conftest import KEY
from stack import INFRA

EXAMPLE = INFRA.parent / "docs/examples/model-answers"


def test_cached_model_answers_cost_no_quota(server):
    (documented,) = re.findall(r"answers\.py\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.S)

    for _ in range(2):
        run = subprocess.run(
            [sys.executable, EXAMPLE / "answers.py"],
            env={**os.environ, "GATEHOUSE_URL": server, "KEY": KEY},
            timeout=60,
            capture_output=True,
            text=True,
        )

        assert (run.returncode, run.stdout) == (0, documented), run.stderr
