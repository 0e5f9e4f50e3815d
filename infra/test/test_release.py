# SPDX-License-Identifier: Apache-2.0
"""The scripts of infra/release, without a build."""

import importlib.machinery
import importlib.util
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

INFRA = Path(__file__).resolve().parent.parent
ROOT = INFRA.parent


def script(name):
    """Loads a script without suffix as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(INFRA / "release" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


check = script("check")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the working tree with the version of the next release."""
    return check.copy(tmp_path_factory.mktemp("release") / "tree")


def set_version(tree, version):
    return subprocess.run(["infra/release/version", version], cwd=tree, capture_output=True, text=True)


def test_one_command_sets_the_version_everywhere(tree):
    old = check.version(tree)

    assert set_version(tree, "7.8.9-rc.1").returncode == 0
    assert check.version(tree) == "7.8.9-rc.1"
    poms = [pom for pom in tree.rglob("pom.xml") if f"<version>{old}</version>" in pom.read_text()]
    assert poms == []
    assert "gatehouse-jobs-7.8.9-rc.1.zip" in (tree / "infra/template.yaml").read_text()
    assert "<version>7.8.9-rc.1</version>" in (tree / "docs/library.md").read_text()
    assert 'version = "7.8.9"' in (tree / "functions/local/src/main/java/dev/gatehouse/local/ApiDescription.java").read_text()

    assert set_version(tree, old).returncode == 0
    changed = [name for name in ("pom.xml", "shared/bom/pom.xml", "infra/template.yaml", "docs/library.md")
               if (tree / name).read_text() != (ROOT / name).read_text().replace(check.version(ROOT), old)]
    assert changed == []


@pytest.mark.parametrize("version", ["1", "1.2", "01.2.3", "1.2.3-beta", "v1.2.3", "1.2.3 ", "1.2.3-rc.0"])
def test_a_version_that_is_not_semantic_is_refused(tree, version):
    before = (tree / "pom.xml").read_text()

    assert set_version(tree, version).returncode == 2
    assert (tree / "pom.xml").read_text() == before


def archive(folder, name, entries):
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as out:
        for entry, (content, time) in entries.items():
            out.writestr(zipfile.ZipInfo(entry, (time, 1, 1, 0, 0, 0)), content)


def test_builds_that_differ_fail_with_the_entries(tmp_path, capsys):
    one, other = tmp_path / "one", tmp_path / "other"
    archive(one, "a.zip", {"same": ("1", 2026), "content": ("1", 2026), "time": ("1", 2026)})
    archive(other, "a.zip", {"same": ("1", 2026), "content": ("2", 2026), "time": ("1", 2027)})
    (other / "b.json").write_text("{}")

    with pytest.raises(SystemExit, match="2 of 2 files differ"):
        check.compare(one, other)
    assert capsys.readouterr().out.splitlines() == ["a.zip: content, time", "b.json: only one build has it"]


def release(tmp_path, listed, used, jars, components):
    """Creates the files of a build with one package."""
    (tmp_path / "infra/release/target").mkdir(parents=True)
    (tmp_path / check.LIBRARIES).write_text(listed)
    (tmp_path / "infra/release/target/libraries.txt").write_text(used)
    archive(tmp_path / check.FILES, "gatehouse-jobs-1.0.0.zip", {f"lib/{jar}.jar": ("", 2026) for jar in jars})
    sbom = {"components": [{"name": name, "version": version} for name, version in components]}
    (tmp_path / check.FILES / "gatehouse-jobs-1.0.0.cdx.json").write_text(json.dumps(sbom))
    return tmp_path


def test_a_new_version_or_licence_of_a_library_fails(tmp_path, capsys):
    folder = release(tmp_path, "a:b:1 MIT\nc:d:2 MIT\n", "c:d:3 MIT\na:b:1 GPL-3.0\n", [], [])

    with pytest.raises(SystemExit, match="the libraries have changed"):
        check.check_libraries(folder)
    assert {"-a:b:1 MIT", "+a:b:1 GPL-3.0", "-c:d:2 MIT", "+c:d:3 MIT"} <= set(capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("jars, components", [
    (["b-1", "x-1"], [("b", "1")]),
    (["b-2"], [("b", "2")]),
    ([], [("b", "1")]),
], ids=["a jar that the SBOM lacks", "another version than the list", "no jar"])
def test_a_package_that_is_not_as_described_fails(tmp_path, jars, components):
    folder = release(tmp_path, "a:b:1 MIT\n", "", jars, components)

    with pytest.raises(SystemExit, match="gatehouse-jobs-1.0.0.zip"):
        check.check_packages(folder)


def test_a_package_as_described_passes(tmp_path, capsys):
    folder = release(tmp_path, "a:b:1 MIT\n", "a:b:1 MIT\n", ["b-1", "gatehouse-core-1.0.0"], [("b", "1"), ("gatehouse-core", "1.0.0")])

    check.check_libraries(folder)
    check.check_packages(folder)
