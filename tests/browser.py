"""Debian's browser without a window, for the tests of what people see; where it is missing they say so."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

_BROWSER: Final = shutil.which("chromium") or shutil.which("chromium-browser")
_DRIVER: Final = shutil.which("chromedriver")


def needs_browser(what: str) -> pytest.MarkDecorator:
    """Return the mark of tests that are skipped where there is no browser; `what` is done where there is one."""
    return pytest.mark.skipif(
        not (_BROWSER and _DRIVER),
        reason=f"no browser: {what} where Debian's chromium and chromium-driver are installed",
    )


@contextmanager
def headless(folder: Path, *, height: int, logging: bool = False) -> Iterator[webdriver.Chrome]:
    """Yield a browser of 1,280 pixels; with `logging` it notes what its console says and what it asks for."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(_BROWSER)
    for argument in ("--headless=new", "--disable-gpu", f"--window-size=1280,{height}", f"--user-data-dir={folder}"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    if logging:
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(_DRIVER)))
    yield driver
    driver.quit()
