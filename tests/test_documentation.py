"""The documentation as readers meet it in a browser: what is searched is found, tables are whole, consoles copied."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import headless, needs_browser
from tests.sweeps import unhurried

DOCS: Final = Path(__file__).parents[1] / "docs"
SECONDS: Final = 30
pytestmark = [
    needs_browser("the documentation is tried"),
    pytest.mark.skipif(not unhurried(), reason="builds the documentation: make test-all, or .ci/run"),
]
# What of a page lies beyond the window at its right, the page itself or a table that is cut.
WIDER: Final = """
return document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll("table.docutils")].some(
  (table) => table.getBoundingClientRect().right > innerWidth + 1
    || table.parentElement.scrollWidth > table.parentElement.clientWidth + 1)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the documentation, built."""
    pytest.importorskip("sphinx", reason="no Sphinx: pip install '.[docs]'")
    pytest.importorskip("sphinx_copybutton", reason="no button to copy: pip install '.[docs]'")
    out = tmp_path_factory.mktemp("documentation")
    command = [sys.executable, "-m", "sphinx", "-q", "-d", str(out / "trees"), str(DOCS), str(out / "html")]
    subprocess.run(command, check=True)  # noqa: S603 - our own documentation
    return out / "html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Return a headless browser with a window of 1,280 pixels."""
    with headless(tmp_path_factory.mktemp("browser"), height=1000) as driver:
        yield driver


@pytest.mark.parametrize("asked", ["党课", "fastapi", "json schema", "due soon"])
def test_what_readers_look_for_is_found(browser: webdriver.Chrome, built: Path, asked: str) -> None:
    """The search of the documentation, from a disk, names some page for it."""
    browser.get(f"{(built / 'search.html').as_uri()}?q={asked}")
    found = WebDriverWait(browser, SECONDS).until(
        lambda seen: seen.execute_script("return document.querySelectorAll('#search-results li a').length")
    )
    assert found


def test_no_page_is_wider_than_the_window(browser: webdriver.Chrome, built: Path) -> None:
    """At 1,280 pixels nothing has to be scrolled sideways to read a page, and no table is cut."""
    pages = [path for path in sorted(built.rglob("*.html")) if path.name not in ("genindex.html", "py-modindex.html")]
    assert len(pages) > len(list((DOCS / "how-to").glob("*.md")))
    wider = []
    for path in pages:
        browser.get(path.as_uri())
        if browser.execute_script(WIDER):
            wider.append(str(path.relative_to(built)))
    assert wider == []


def test_a_console_is_copied_without_prompts_and_answers(browser: webdriver.Chrome, built: Path) -> None:
    """The button of a console gives its commands alone, as they can be run."""
    browser.get((built / "tutorial" / "first-audit.html").as_uri())
    consoles: list[dict[str, Any]] = browser.execute_script(
        """
        const taken = [];
        navigator.clipboard.writeText = (text) => (taken.push(text), Promise.resolve());
        document.execCommand = () => (taken.push(document.activeElement.value ?? getSelection().toString()), true);
        return [...document.querySelectorAll("div.highlight-console")].map((console) => {
          taken.length = 0;
          console.querySelector("button.copybtn").click();
          return { shown: console.querySelector("pre").textContent, taken: taken[0] };
        });
        """
    )
    assert consoles
    for console in consoles:
        shown = console["shown"].splitlines()
        begun = zip(["", *shown], shown, strict=False)
        commands = [line[2:] for before, line in begun if line.startswith("$ ") or before.endswith("\\")]
        assert console["taken"], json.dumps(console)
        assert console["taken"].splitlines() == commands
