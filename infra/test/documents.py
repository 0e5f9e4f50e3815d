# SPDX-License-Identifier: Apache-2.0
"""Reads the code blocks and the shell sessions of the documentation, and compares documented with actual output."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from stack import INFRA

ROOT = INFRA.parent
BLOCK = re.compile(r"^( *)```(.*)\n((?:.*\n)*?) *```$", re.M)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MORE = "…"
LEAST_VARIABLE_NUMBER = 100
LEAST_VARIABLE_TEXT = 10
HTTP_ERROR = 22  # the exit code of curl --fail-with-body


class Block(NamedTuple):
    """A code block: its language, the word after it, which names a test or is ``illustration``, and its text."""

    language: str
    mark: str
    text: str


def pages():
    """Returns the README and the pages below docs."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page):
    """Returns the code blocks of a page, in order."""
    found = []
    for _, info, text in BLOCK.findall(page.read_text()):
        language, _, mark = info.partition(" ")
        found.append(Block(language, mark.strip(), text))
    return found


class Command(NamedTuple):
    """A command of a session with the output that the documentation shows."""

    line: str
    output: str


def commands(page):
    """Returns the commands of the sessions of a page that no other test runs, in order."""
    return [
        command
        for block in blocks(page)
        if block.language in ("", "console") and not block.mark
        for command in session(block.text)
    ]


def session(text):
    """Splits a session. A command continues after a backslash and within quotes."""
    found = []
    for one in re.split(r"^\$ ", text, flags=re.M)[1:]:
        lines = one.splitlines()
        end = 1
        while lines[end - 1].endswith("\\") or sum(line.count("'") for line in lines[:end]) % 2:
            end += 1
        found.append(Command("\n".join(lines[:end]), "\n".join(lines[end:]).strip()))
    return found


class Session:
    """A shell that talks to a server. It replaces values that a page shows, such as tokens, by those received instead."""

    def __init__(self, url, variables):
        self.url = url
        self.variables = variables
        self.received = {}

    def run(self, command):
        """Runs a command, and requires an output of the documented shape."""
        line = self._replaced(command.line.replace("http://localhost:8080", self.url))
        assigned = re.match(r"(\w+)=\$\(", line)
        if assigned:
            line += f'; printf %s "${assigned[1]}"'
        shell = 'curl() { command curl --fail-with-body --max-time 60 "$@"; }\nset -o pipefail\n'
        result = subprocess.run(
            ["bash", "-c", shell + line], env={**os.environ, **self.variables}, capture_output=True, text=True, timeout=90
        )
        expected = HTTP_ERROR if '"status":4' in command.output and command.output.startswith('{"type"') else 0
        assert result.returncode == expected, f"{line}\n{result.stdout}{result.stderr}"
        if assigned:
            assert result.stdout, line
            self.variables[assigned[1]] = result.stdout
        elif command.output:
            self._compare_output(command.output, result.stdout.strip(), line)

    def _replaced(self, line):
        for shown in re.findall(r'"([^"…]{10,})…"', line):
            (full,) = {value for documented, value in self.received.items() if documented.startswith(shown)}
            line = line.replace(f"{shown}…", full)
        for documented in sorted(self.received, key=len, reverse=True):
            line = line.replace(documented, self.received[documented])
        return line

    def _compare_output(self, documented, actual, line):
        if documented.startswith("HTTP/"):
            documented, actual = documented.splitlines()[0], actual.splitlines()[0].strip()
        if documented.startswith("{"):
            self._compare(parse(documented), json.loads(actual), line)
        else:
            assert documented == actual, line

    def _compare(self, documented, actual, where):
        """Requires the same members and types. Values may differ if they are times, long texts or large numbers."""
        match documented:
            case dict():
                assert isinstance(actual, dict), where
                missing = documented.keys() - {MORE} - actual.keys()
                added = actual.keys() - documented.keys() if MORE not in documented else set()
                assert (missing, added) == (set(), set()), f"{where}: {actual}"
                for name in documented.keys() - {MORE}:
                    self._compare(documented[name], actual[name], f"{where}: {name}")
            case list():
                assert isinstance(actual, list), where
                if MORE not in documented:
                    assert len(documented) == len(actual), f"{where}: {actual}"
                    for left, right in zip(documented, actual, strict=True):
                        self._compare(left, right, where)
            case str() if TIME.fullmatch(documented):
                assert TIME.fullmatch(actual), f"{where}: {actual}"
            case bool() | None:
                assert documented is actual, f"{where}: {actual}"
            case int() if documented >= LEAST_VARIABLE_NUMBER:
                assert isinstance(actual, int), f"{where}: {actual}"
                self.received[str(documented)] = str(actual)
            case int() if documented > 0 and where.endswith(("Seconds", "Millis")):
                assert isinstance(actual, int) and actual > 0, f"{where}: {actual}"
            case str() if documented != actual and is_generated(documented):
                assert isinstance(actual, str) and len(actual) >= LEAST_VARIABLE_TEXT, f"{where}: {actual}"
                self.received[documented] = actual
            case _:
                assert documented == actual, f"{where}: {actual}"


def is_generated(text):
    """Returns whether a documented text stands for one that differs in each run: it is abbreviated, or long without a blank."""
    return MORE in text or (len(text) >= LEAST_VARIABLE_TEXT and not re.search(r"\s|^[a-z]+(-[a-z]+)*$|@|:", text))


def parse(documented):
    """Parses JSON in which an ellipsis stands for further members or elements."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', documented)
    parts[::2] = [re.sub("(?<=[{,])…", '"…":0', part.replace("[…]", '["…"]')) for part in parts[::2]]
    return json.loads("".join(parts))


def path_of(page):
    """Returns the path of a page from the root of the project, as a name of its test."""
    return str(Path(page).relative_to(ROOT))
