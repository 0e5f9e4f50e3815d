# SPDX-License-Identifier: Apache-2.0
"""The images of docs/console.md: taken by every run, and written to docs with --screenshots."""

import base64
import re

import pytest

from conftest import running_server
from stack import INFRA

from . import demo
from .conftest import TARGET
from .pages import PAGES

DOCS = INFRA.parent / "docs"
IMAGES = re.compile(r"\(images/console/([\w-]+)\.png\)")
BUDGET = 150 * 1000


def shown():
    return IMAGES.findall((DOCS / "console.md").read_text())


def test_the_document_shows_each_page_and_each_image_is_small():
    assert set(PAGES) <= set(shown())
    files = {path.stem: path for path in (DOCS / "images/console").glob("*.png")}
    assert set(files) == set(shown())
    assert [name for name, path in files.items() if path.stat().st_size > BUDGET] == []


@pytest.fixture(scope="module")
def example(request, tmp_path_factory):
    """Starts a server that has the demo data only."""
    with running_server(tmp_path_factory.mktemp("example")) as url:
        demo.fill(url)
        if request.config.getoption("screenshots"):
            demo.send_traffic(url, 60)
        yield url


@pytest.fixture
def folder(request):
    chosen = DOCS / "images/console" if request.config.getoption("screenshots") else TARGET / "images"
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


# The page, the color scheme, the width and the height of each image by its name.
VARIANTS = {page: (page, "light", 1280, 800) for page in PAGES} | {
    "overview": ("overview", "light", 1280, 1350),
    "channels": ("channels", "light", 1280, 1200),
    "jobs": ("jobs", "light", 1280, 1200),
    "dark": ("overview", "dark", 1280, 800),
    "phone": ("limits", "light", 400, 800),
}


@pytest.mark.parametrize("image", VARIANTS)
def test_takes_an_image(open_console, example, folder, image):
    page, scheme, width, height = VARIANTS[image]
    console = open_console(example, page=page, scheme=scheme, width=width, height=height)
    demo.show(console, page)
    console.wait(lambda: console.status() == "healthy" and console.messages() == "")
    console.script("document.activeElement.blur(); scrollTo(0, 0)")
    png = base64.b64decode(console.window.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": False})["data"])
    (folder / f"{image}.png").write_bytes(png)
    assert len(png) < BUDGET
