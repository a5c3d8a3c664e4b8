"""The page of a report as a person uses it, in a browser: it opens, sorts, filters, unfolds, speaks, prints."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from partyrules.answers.blocks import row_of
from partyrules.demo import DECISION_DAY, synthetic_institution
from partyrules.facts.codec import fact_from_wire
from partyrules.packs.document import Text
from partyrules.packs.pack import adopt
from partyrules.questions.explain import explained
from partyrules.report.content import Report, report_on
from partyrules.report.page import page
from partyrules.report.sections import STATUS_PLACES, sheets_of
from tests.browser import headless, needs_browser

pytestmark = needs_browser("the page is tested")
SECONDS: Final = 20
CHINESE: Final = re.compile(r"[一-鿿]")
A4: Final = (595, 842)


@pytest.fixture(scope="module")
def report() -> Report:
    """Return the report on a small synthetic institution."""
    facts = [fact_from_wire(dict(each), where="demo") for each in synthetic_institution(students=120)]
    notice = Text(zh="虚构数据", en="SYNTHETIC DATA")
    adoption = adopt(["lzwl2017", "lzcu2012"])
    return report_on(facts, adoption, as_of=DECISION_DAY, since=date(2019, 5, 31), notice=notice)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Return a headless browser that notes what its console says and what it asks for."""
    with headless(tmp_path_factory.mktemp("browser"), height=1400, logging=True) as driver:
        yield driver


@pytest.fixture(scope="module")
def file(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page as a file on a disk."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page(report, lang="zh", source="institution.db"), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: webdriver.Chrome, file: Path) -> webdriver.Chrome:
    """Return the browser with the page opened anew."""
    browser.set_window_size(1280, 1400)
    browser.get(file.as_uri())
    WebDriverWait(browser, SECONDS).until(
        lambda seen: seen.execute_script("return document.documentElement.dataset.ready")
    )
    browser.execute_script("document.documentElement.style.scrollBehavior = 'auto'")
    return browser


def grid(browser: webdriver.Chrome, view: str) -> WebElement:
    """Return the whole of a table: what filters it, what searches it, its rows."""
    return browser.find_element(By.XPATH, f"//table[@data-view='{view}']/ancestor::div[@class='grid']")


def cells(browser: webdriver.Chrome, view: str, head: str) -> list[str]:
    """Return what stands in the column under a head on the page of a table that is shown."""
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll(`table[data-view='${arguments[0]}'] td[data-head='${arguments[1]}']`)]"
        ".map((cell) => cell.textContent)",
        view,
        head,
    )
    return found


def total(browser: webdriver.Chrome, view: str) -> int:
    """Return how many rows a table says that it has."""
    said = grid(browser, view).find_element(By.CSS_SELECTOR, ".dt-info").text
    return int(re.findall(r"共 (\d+)", said)[0]) if "共" in said else 0


def until(browser: webdriver.Chrome, condition: Any) -> None:
    """Wait until something is so."""
    WebDriverWait(browser, SECONDS).until(lambda _: condition())


def clicked(browser: webdriver.Chrome, element: WebElement) -> None:
    """Click an element, in the middle of the window and not under what sticks to its top."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def noted(browser: webdriver.Chrome, log: str) -> list[dict[str, Any]]:
    """Return what the browser noted since it was last asked."""
    found: list[dict[str, Any]] = browser.get_log(log)  # type: ignore[no-untyped-call]
    return found


def test_it_opens_from_a_disk_without_an_error_and_asks_for_nothing(opened: webdriver.Chrome, file: Path) -> None:
    """The console says nothing, and no request but for the file itself is made."""
    assert [entry for entry in noted(opened, "browser") if entry["level"] in ("SEVERE", "WARNING")] == []
    said = [json.loads(entry["message"])["message"] for entry in noted(opened, "performance")]
    sent = [each["params"] for each in said if each["method"] == "Network.requestWillBeSent"]
    # What the browser asks for by itself, such as its own first page, is none of ours.
    asked = {each["request"]["url"] for each in sent if each["documentURL"].partition("?")[0] == file.as_uri()}
    assert file.as_uri() in asked
    assert {urlsplit(url).scheme for url in asked - {file.as_uri()}} <= {"data", "blob"}
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<(?:link|img|iframe|script)[^>]+(?:src|href)=", text)
    assert "default-src 'none'" in text


def test_the_six_numbers_and_every_section_are_there(opened: webdriver.Chrome, report: Report) -> None:
    """Each tile shows its number, and each section has a heading below the one heading of the page."""
    shown = [each.text.replace(",", "") for each in opened.find_elements(By.CSS_SELECTOR, ".tiles .number")]
    assert shown == [str(tile.number) for tile in report.tiles]
    assert len(opened.find_elements(By.TAG_NAME, "h1")) == 1
    levels = [
        int(tag[1])
        for tag in opened.execute_script("return [...document.querySelectorAll('h1,h2,h3')].map((h) => h.tagName)")
    ]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    links = opened.find_elements(By.CSS_SELECTOR, "body > nav a")
    assert all(opened.find_elements(By.ID, str(link.get_attribute("href")).partition("#")[2]) for link in links)
    assert "虚构数据" in opened.find_element(By.TAG_NAME, "header").text


def test_a_table_sorts_by_its_heads(opened: webdriver.Chrome, report: Report) -> None:
    """A click on a head sorts by the column, another the other way, over all rows and not those shown."""
    sheet = sheets_of(report)["pipeline"]
    people = sorted(map(str, sheet.column("who").cells()))
    head = grid(opened, "pipeline").find_elements(By.CSS_SELECTOR, "thead th")[0]
    clicked(opened, head)
    until(opened, lambda: cells(opened, "pipeline", "对象")[:5] == people[:5])
    clicked(opened, head)
    until(opened, lambda: cells(opened, "pipeline", "对象")[:5] == people[::-1][:5])
    assert head.get_attribute("aria-sort") == "descending"


def test_a_table_searches_filters_and_pages(opened: webdriver.Chrome, report: Report) -> None:
    """What is typed and what is chosen leave the rows that have both; the next page has others."""
    whole = total(opened, "todo")
    status = sheets_of(report)["findings"].column("status").places
    assert whole == sum(place != STATUS_PLACES["unknown"] for place in status.tolist())
    first = cells(opened, "todo", "事项")
    clicked(opened, grid(opened, "todo").find_element(By.CSS_SELECTOR, ".dt-paging button.next"))
    until(opened, lambda: "16" in grid(opened, "todo").find_element(By.CSS_SELECTOR, ".dt-info").text)
    assert len(first) == 15
    unit = Select(grid(opened, "todo").find_elements(By.CSS_SELECTOR, ".filters select")[1])
    unit.select_by_visible_text("branch-01")
    until(opened, lambda: total(opened, "todo") < whole)
    of_unit = total(opened, "todo")
    person = cells(opened, "todo", "对象")[0]
    grid(opened, "todo").find_element(By.CSS_SELECTOR, ".dt-search input").send_keys(person)
    until(opened, lambda: total(opened, "todo") < of_unit)
    assert set(cells(opened, "todo", "对象")) == {person}


def test_a_cell_of_the_map_opens_to_people_findings_and_records(opened: webdriver.Chrome, report: Report) -> None:
    """The number in a cell is how many rows it opens to, and a row opens to the derivation of its finding."""
    button = opened.find_element(By.CSS_SELECTOR, "table.heat td button")
    clicked(opened, button)
    assert opened.find_element(By.ID, "cell").is_displayed()
    until(opened, lambda: total(opened, "cell") == int(button.text))
    assert set(cells(opened, "cell", "状态")) == {"未落实"}
    person, what = cells(opened, "cell", "对象")[0], cells(opened, "cell", "事项")[0]
    opener = grid(opened, "cell").find_element(By.CSS_SELECTOR, "td.open button")
    opened.execute_script("arguments[0].scrollIntoView({block: 'center'})", opener)
    opener.send_keys(Keys.ENTER)
    until(opened, lambda: opener.get_attribute("aria-expanded") == "true")
    rule = what.rpartition("（")[2].rstrip("）")
    findings = list(report.table.where(rule=rule, subject=person, status="breached"))
    told = [each.tree.label.zh for each in explained(report.asked, map(row_of, findings))]
    assert grid(opened, "cell").find_element(By.CSS_SELECTOR, ".why p").text in told
    opener.send_keys(Keys.ENTER)
    until(opened, lambda: opener.get_attribute("aria-expanded") == "false")


def test_it_speaks_the_other_language_at_the_press_of_a_button(opened: webdriver.Chrome) -> None:
    """Headings, heads of tables and cells are English then, and Chinese again after another press."""
    clicked(opened, opened.find_element(By.ID, "language"))
    until(opened, lambda: opened.execute_script("return document.documentElement.lang") == "en")
    seen = [each.text for each in opened.find_elements(By.CSS_SELECTOR, "h1, h2, h3, th, .lead, .tiles .name, button")]
    assert [text for text in seen if CHINESE.search(text) and text != "中文"] == []
    assert set(cells(opened, "todo", "Status")) <= {"breached", "due within 30 days", "pending"}
    clicked(opened, opened.find_element(By.ID, "language"))
    until(opened, lambda: cells(opened, "todo", "状态") != [])
    assert opened.title.startswith("党建制度落实情况报告")


def test_it_prints_on_a4(opened: webdriver.Chrome) -> None:
    """It prints to PDF, every page of it A4 upright, and all of it in a few pages."""
    printed = opened.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    data = base64.b64decode(printed["data"])
    assert data.startswith(b"%PDF")
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", data)}
    assert {(round(width), round(height)) for _, _, width, height in boxes} == {A4}
    assert 5 <= data.count(b"/MediaBox") <= 40


@pytest.mark.parametrize("width", [1280, 480])
def test_nothing_is_wider_than_the_window(opened: webdriver.Chrome, width: int) -> None:
    """Neither on a desk nor on a telephone does the page scroll sideways."""
    opened.set_window_size(width, 1000)
    until(opened, lambda: opened.execute_script("return window.innerWidth") <= width)
    over = opened.execute_script("return document.scrollingElement.scrollWidth - window.innerWidth")
    assert over <= 0


CONTRAST: Final = """
const light = (rgb) => {
  const part = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = rgb.match(/[\\d.]+/g).map((c) => part(Number(c) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (each) => {
  for (let at = each; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!/, 0\\)$/.test(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
};
return [...document.querySelectorAll("p, li, td, th, dt, dd, h1, h2, h3, a, button, span, label, code")]
  .filter((each) => each.offsetParent && !each.disabled && !each.closest(".disabled"))
  .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .map((each) => {
    const pair = [light(getComputedStyle(each).color), light(behind(each))].sort((a, b) => b - a);
    return [(pair[0] + 0.05) / (pair[1] + 0.05), each.className || each.tagName, each.textContent.trim().slice(0, 20)];
  })
  .filter(([ratio]) => ratio < 4.5);
"""


NAMELESS: Final = """
return [...document.querySelectorAll("button, select, input, a")]
  .filter((each) => each.offsetParent && !(each.textContent.trim() || each.ariaLabel || each.labels?.length))
  .map((each) => each.outerHTML.slice(0, 80));
"""


def test_whoever_sees_little_or_uses_no_mouse_can_read_it(opened: webdriver.Chrome) -> None:
    """All text has a contrast of 4.5 at least, every control a name, every column a head, every chart a description."""
    assert opened.execute_script(CONTRAST) == []
    assert opened.execute_script(NAMELESS) == []
    assert (
        opened.execute_script("return [...document.querySelectorAll('figure')].filter((f) => !f.ariaLabel).length") == 0
    )
    headless = "return [...document.querySelectorAll('table')].filter((t) => !t.querySelector('thead th')).length"
    assert opened.execute_script(headless) == 0
    assert opened.execute_script("return [...document.querySelectorAll('svg text')].length") > 10
