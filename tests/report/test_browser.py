"""The pages in a real browser, opened from disk: what a person does with them."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from grader.decisions import decisions_in
from grader.report import Context, Result, files, pages
from grader.report.class_summary import ClassAggregates
from grader.report.pages import ReportPages
from tests.make import handed_in_late
from tests.report import make
from tests.report.conftest import COUNT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt install chromium)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


class Watched:
    """A page and all that it asked for, complained of, or popped up."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self._popped(dialog))

    def _popped(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, path: Path) -> Page:
        self.page.goto(path.as_uri())
        return self.page


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    yield Watched(context.new_page())
    context.close()


@pytest.fixture
def table(watched: Watched, report: Path) -> Page:
    page = watched.open(report / "index.html")
    page.wait_for_selector(":root[data-ready=table]")
    return page


def column(page: Page, field: str) -> list[str]:
    cells = page.locator(f".tabulator-row .tabulator-cell[tabulator-field={field}]")
    return [text.strip() for text in cells.all_inner_texts()]


def shown(page: Page) -> int:
    return int(page.locator("#shown .t[lang=en]").inner_text().split()[0])


def test_the_pages_ask_for_nothing_beyond_their_folder(watched: Watched, report: Path) -> None:
    index = watched.open(report / "index.html")
    index.wait_for_selector(":root[data-ready=table]")
    for place in range(0, index.evaluate("document.body.scrollHeight"), 800):
        index.mouse.wheel(0, place)
    index.wait_for_selector("[data-chart=students] canvas")
    for folder in ("staff", "student"):
        for path in sorted((report / folder).iterdir())[:12]:
            watched.open(path)
    foreign = [url for url in watched.asked if not url.startswith((report.as_uri(), "data:"))]
    assert foreign == []
    assert watched.complaints == []


def test_a_click_on_a_heading_sorts(table: Page) -> None:
    heading = table.get_by_role("button", name="Mark", exact=True)
    heading.click()
    down = [float(score) for score in column(table, "score") if score != "–"]
    heading.click()
    up = [float(score) for score in column(table, "score") if score != "–"]
    assert down == sorted(down, reverse=True) and up == sorted(up) and down != up


def test_a_heading_sorts_by_keyboard(table: Page) -> None:
    table.get_by_role("button", name="Mark", exact=True).focus()
    table.keyboard.press("Enter")
    scores = [float(score) for score in column(table, "score") if score != "–"]
    assert scores == sorted(scores, reverse=True)


def test_filters_and_search_narrow_the_table(table: Page, results: list[Result]) -> None:
    assert shown(table) == len(results)
    table.select_option("#by-status", "2")
    lost = [r for r in results if r.grade.status.value == "ungraded"]
    assert shown(table) == len(lost) > 0
    table.click("#clear")
    assert shown(table) == len(results)
    someone = results[8].grade
    table.fill("#search", f"{someone.name} {someone.number}".upper())
    assert shown(table) == 1 and column(table, "place") == [someone.name]
    table.fill("#search", "nobody at all")
    assert table.get_by_text("No submission matches").is_visible()


def test_what_is_late_is_in_sight_and_found(
    watched: Watched, context: Context, results: list[Result], tmp_path: Path
) -> None:
    ended: dict[str, Result] = {}
    for result in results:
        if result.grade.status.value in ("graded", "faulted", "ungraded"):
            ended.setdefault(result.grade.status.value, result)
    late = [Result(handed_in_late(one.evidence), one.grade) for one in ended.values()]
    rest = [result for result in results if result not in ended.values()]
    page = watched.open(make.report([*late, *rest], context, tmp_path) / "index.html")
    page.locator("html[data-ready]").wait_for()
    page.locator("#search").fill("late")
    chips = page.locator(".tabulator-row .chip.late")
    assert chips.count() == len(late) == 3
    right = "(e, of) => e.closest(of).getBoundingClientRect().right"
    ends = [
        (chip.evaluate(right, ".chip"), chip.evaluate(right, ".tabulator-cell"))
        for chip in chips.all()
    ]
    assert all(end <= cell for end, cell in ends)


def test_a_finding_shows_its_submissions(table: Page, results: list[Result]) -> None:
    table.locator("button[data-value=slow]").click()
    with_it = [r for r in results if any(f.code == "slow" for f in r.evidence.findings)]
    assert shown(table) == len(with_it)


def test_a_tile_shows_whom_it_counts(table: Page, results: list[Result]) -> None:
    table.locator("button[data-value=matters]").click()
    decided = [r for r in results if r.grade.if_report_complete is not None]
    assert shown(table) == len(decided) > 0
    assert table.input_value("#by-report") == "matters"


def test_the_language_switch_works_and_is_remembered(watched: Watched, report: Path) -> None:
    page = watched.open(report / "index.html")
    page.click("[data-set-lang=zh]")
    assert page.locator("#submissions").inner_text() == "提交"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.get_attribute("#search", "placeholder") == "姓名、学号或问题"
    assert page.locator("#by-status option").nth(1).inner_text() == "已评分"
    student = watched.open(next((report / "student").iterdir()))
    assert student.locator("html").get_attribute("lang") == "zh-CN"
    student.click("[data-set-lang=en]")
    assert student.locator("#run").inner_text() == "How it ran"


def test_light_and_dark(watched: Watched, report: Path) -> None:
    page = watched.open(report / "index.html")

    def paper() -> str:
        return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))

    light = paper()
    page.click("[data-toggle-theme]")
    dark = paper()
    page.reload()
    assert light != dark == paper()


def test_a_student_is_opened_from_the_table_and_the_next_by_key(table: Page) -> None:
    table.locator(".tabulator-row a").first.click()
    table.wait_for_url("**/staff/*.html")
    first = table.url
    table.keyboard.press("ArrowRight")
    table.wait_for_url(lambda url: url != first)
    table.get_by_role("link", name="What the student sees").click()
    table.wait_for_url("**/student/*.html")


def test_decisions_are_downloaded_as_overrides(
    table: Page, results: list[Result], tmp_path: Path
) -> None:
    table.locator(".decide").nth(1).click()
    table.click("#decision-keep")
    assert table.locator("#decision-wrong").is_visible()
    table.check("[name=report][value=complete]")
    table.fill("#decision-points", "500")
    table.fill("#decision-reason", "typo")
    table.fill("#decision-author", "Chen")
    table.click("#decision-keep")
    assert "leave 0 to" in table.locator("#decision-wrong").inner_text()
    table.fill("#decision-points", "3")
    table.fill("#decision-reason", "报告完整 <b>")
    table.fill("#decision-author", "Chen")
    table.click("#decision-keep")
    assert table.locator("#pending [data-count]").inner_text() == "1 decisions to download"
    with table.expect_download() as download:
        table.click("#pending-save")
    download.value.save_as(tmp_path / "saved.json")
    assert download.value.suggested_filename.startswith("decisions-garbage-26-2")
    [override] = decisions_in(tmp_path / "saved.json")
    assert (override.id, override.key) == (results[1].grade.id, results[1].evidence.key)
    assert (override.report, override.points) == ("complete", 3)
    assert (override.reason, override.author) == ("报告完整 <b>", "Chen")
    table.reload()
    assert table.locator("#pending").is_visible()
    table.click("#pending-drop")
    assert table.locator("#pending").is_hidden()


def test_without_scripts_the_class_is_readable(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "index.html").as_uri())
    assert page.locator(".plain-rows tbody tr").count() == COUNT
    assert page.locator("#table").is_hidden() and page.locator("#charts").is_hidden()
    page.locator(".plain-rows a").first.click()
    assert "/staff/" in page.url
    context.close()


def test_charts_have_their_numbers_as_tables(table: Page) -> None:
    # By the keyboard: a chart that is drawn just then moves what a click would have met.
    table.locator("[data-table-of=accuracy] summary").press("Enter")
    rows = table.locator("[data-table-of=accuracy] tbody tr")
    playwright.expect(rows.nth(5)).to_be_visible(timeout=30_000)  # a busy machine draws late


def test_hostile_names_are_shown_as_they_are(table: Page, watched: Watched) -> None:
    table.fill("#search", "alert(")
    assert shown(table) > 0
    assert watched.complaints == []


def test_a_small_screen_has_no_sideways_scrolling(watched: Watched, report: Path) -> None:
    watched.page.set_viewport_size({"width": 360, "height": 800})
    paths = [report / "index.html"]
    paths += [sorted((report / folder).iterdir())[1] for folder in ("staff", "student")]
    for path in paths:
        page = watched.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.mark.parametrize(("colours", "language"), [("light", "en"), ("dark", "zh")])
def test_axe_finds_nothing(
    colours: Literal["light", "dark"],
    language: str,
    browser: Browser,
    report: Path,
    results: list[Result],
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    busy = max(
        results, key=lambda r: (len(r.evidence.records.curves), len(r.evidence.findings))
    ).grade.id
    swapped = next(r for r in results if any(a.other for a in r.evidence.answers)).grade.id
    context = browser.new_context(color_scheme=colours, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    paths = ["index.html", f"student/{busy}.html"]
    if colours == "light":  # the staff's page has all that the student's has: once is enough
        paths += [f"staff/{busy}.html", f"staff/{swapped}.html"]
    for path in paths:
        page.goto((report / path).as_uri())
        page.click(f"[data-set-lang={language}]")
        if path == "index.html":
            page.wait_for_selector(":root[data-ready=table]")
        problems = axe.run(page, options=RULES).response["violations"]
        told = [(p["id"], p["nodes"][0]["html"][:160], len(p["nodes"])) for p in problems]
        assert told == [], path
    context.close()


def test_axe_finds_nothing_in_a_self_check_and_in_the_dialog(
    browser: Browser, context: Context, report: Path, tmp_path: Path
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    own = dataclasses.replace(context, self_check=True)
    index = tmp_path / "index.html"
    files.write(index, pages.ReportPages(own).staff(next(iter(make.results(1)))))
    page = browser.new_page()
    page.goto(index.as_uri())
    assert axe.run(page, options=RULES).response["violations"] == []
    page.goto((report / "index.html").as_uri())
    page.wait_for_selector(":root[data-ready=table]")
    page.locator(".decide").first.click()
    assert axe.run(page, "dialog", RULES).response["violations"] == []
    page.close()


@pytest.fixture(scope="module")
def large(
    results: list[Result], context: Context, report: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A class page of 10,000 submissions."""
    gathering = ClassAggregates(context)
    for number in range(10_000):
        result = results[number % len(results)]
        gathering.add(result, f"{number}")
    folder = tmp_path_factory.mktemp("large")
    shutil.copytree(report / "assets", folder / "assets")
    (folder / "index.html").write_text(
        ReportPages(context).whole_class(gathering), encoding="utf-8"
    )
    return folder / "index.html"


def test_ten_thousand_submissions_are_there_at_once_and_filter_at_once(
    watched: Watched, large: Path
) -> None:
    page = watched.open(large)
    page.wait_for_selector(":root[data-ready=table]")
    paint = page.evaluate(
        "performance.getEntriesByType('paint').find(e => e.name === 'first-contentful-paint')"
        ".startTime"
    )
    took = page.evaluate(
        """() => {
            const box = document.getElementById("search"), times = {};
            for (let round = 0; round < 4; round++) {
                for (const text of ["王", "slow", "32201", "zzz", ""]) {
                    const begun = performance.now();
                    box.value = text;
                    box.dispatchEvent(new Event("input"));
                    document.body.offsetHeight;
                    times[text] = Math.min(times[text] ?? Infinity, performance.now() - begun);
                }
            }
            return times;
        }"""
    )
    assert shown(page) == 10_000
    assert page.locator(".tabulator-row").count() < 100  # the list is virtual
    assert paint < 2000
    assert max(took.values()) < 100, took


def test_a_printed_class_page_is_whole(table: Page, report: Path) -> None:
    """Each chart is one picture in light colours, the map of students has everybody, and columns
    are headed in the language that is shown; afterwards all is as before.
    """
    charts = table.locator("[data-chart]").count()
    table.evaluate("document.documentElement.dataset.theme = 'dark'")
    table.evaluate("dispatchEvent(new Event('beforeprint'))")
    drawn = table.locator(".on-paper")
    assert drawn.count() == charts
    height = "element => element.height / element.width"
    students = table.locator("figure:has([data-chart=students]) .on-paper")
    assert students.evaluate(height) > COUNT * 16 / 700
    corner = "element => [...element.getContext('2d').getImageData(0, 0, 1, 1).data]"
    assert students.evaluate(corner) == [255, 255, 255, 255]
    assert table.evaluate("document.documentElement.dataset.theme") == "light"
    printed = table.locator(".tabulator-print-table thead").inner_text()
    assert "Mark" in printed
    assert "成绩" not in printed
    table.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not drawn.count()
    assert table.evaluate("document.documentElement.dataset.theme") == "dark"


def test_marks_are_in_sight_on_a_phone_and_long_ids_differ(browser: Browser, report: Path) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.goto((report / "index.html").as_uri())
    page.wait_for_selector(":root[data-ready=table]")
    mark = page.locator(
        ".tabulator-row .tabulator-cell[tabulator-field=score]"
    ).first.bounding_box()
    assert mark is not None
    assert mark["x"] + mark["width"] < 390
    assert "4:00" in page.locator("time").first.inner_text()  # 08:00 UTC
    context.close()
