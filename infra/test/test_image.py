# SPDX-License-Identifier: Apache-2.0
"""Checks the Dockerfiles without building them; infra/try builds and starts an image."""

import re
from fnmatch import fnmatch

import pytest

from stack import INFRA, packages

IMAGE = INFRA / "image"
CLIENT = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda"
FUNCTIONS = {package.split("/")[2] for package in packages()}
BUILD_CONTEXT = (INFRA.parent / ".dockerignore").read_text().splitlines()

every_dockerfile = pytest.mark.parametrize("file", sorted(IMAGE.glob("*.Dockerfile")), ids=lambda file: file.name)


def copied(file):
    """Yields the paths that a Dockerfile copies from the repository."""
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", file.read_text(), re.M):
        yield from sources.split()


@every_dockerfile
def test_the_build_context_contains_every_copied_file(file):
    permitted = [line.removeprefix("!") for line in BUILD_CONTEXT if line.startswith("!")]

    assert "*" in BUILD_CONTEXT
    for source in copied(file):
        for function in FUNCTIONS if "${FUNCTION}" in source else [""]:
            wanted = source.replace("${FUNCTION}", function)
            assert any(wanted == one or fnmatch(wanted, one) for one in permitted), wanted


@every_dockerfile
def test_every_copied_file_is_in_the_repository_or_built_by_maven(file):
    for source in copied(file):
        assert "/target/" in source or (INFRA.parent / source).exists(), source


def test_every_function_has_an_image_and_a_training_workload():
    built = re.search(r"functions=\(([a-z -]+)\)", (IMAGE / "build").read_text())[1].split()
    trained = re.findall(
        r'case "([a-z-]+)"', (IMAGE / "src/main/java/dev/gatehouse/image/TrainingWorkload.java").read_text()
    )

    assert set(built) == set(trained) == FUNCTIONS


def test_training_and_service_use_the_same_jvm_options():
    entrypoint = re.search(r"^ENTRYPOINT \[(.*?)\]$", (IMAGE / "function.Dockerfile").read_text(), re.M | re.S)[1]
    training = (IMAGE / "src/main/java/dev/gatehouse/image/TrainingRun.java").read_text()
    files = re.findall(r'"@/gatehouse/([\w.-]+)"', entrypoint)

    assert files == re.findall(r'"@" \+ folder\.resolve\("([\w.-]+)"\)', training) == ["jvm.options", "class-path.options"]
    assert re.findall(r'"(-[^"]*)"', entrypoint) == ["-XX:AOTCache=/gatehouse/function.aot"]
    assert entrypoint.endswith(f'"{CLIENT}"')
    assert training.count(f'"{CLIENT}"') == 1
