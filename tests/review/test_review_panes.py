"""Hostile submissions in every pane, and what keyboards and screen readers find, in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from grader.evidence import Records
from grader.intake import digest, find
from grader.runs import RunFolder
from grader.store import Store
from tests.report import make, parts
from tests.report.test_browser import RULES
from tests.review.folder import Reviewing, stored
from tests.review.test_deciding import decide, waiting, want
from tests.review.test_papers import HOSTILE, REPORTS, folder  # noqa: F401 - a fixture
from tests.review.test_review_browser import CHROMIUM, come_in, playwright, served

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]
# By their places; what cannot be written as UTF-8 is cleaned before it is stored.
KINDS = [n for n, text in enumerate(parts.HOSTILE) if text.isascii() or "\ud800" not in text]


@pytest.fixture(scope="module")
def out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """A class whose texts all mean harm: names, reports, answers, checks, logs, decisions."""
    first = waiting(0)
    evidence = [make.one(9 * n + 5, hostile=True) for n in KINDS]
    named = first.submission.model_copy(update={"name": HOSTILE, "source": HOSTILE})
    records = Records(reports=REPORTS, records=("train.log",))
    evidence.append(first.model_copy(update={"submission": named, "records": records}))
    made = stored(tmp_path_factory.mktemp("panes") / "out", evidence)
    run = RunFolder(made).read()
    assert run is not None
    (submission,) = find([folder]).submissions
    laid = {"place": str(folder), "digest": digest(submission)}
    entries = [e.model_copy(update=laid) if e.id == "s0000" else e for e in run.submissions]
    RunFolder(made).write(run.model_copy(update={"submissions": tuple(entries)}))
    store = Store(made)
    for each in evidence:  # examined again, so that there is something to compare with
        answers = tuple(a.model_copy(update={"answer": None}) for a in each.answers)
        later = {"started": "2100-01-01T00:00:00+00:00", "answers": answers}
        store.write(each.model_copy(update=later), store.log(each.submission.id))
    reviewing = Reviewing(made)
    person = reviewing.person(HOSTILE)
    rows = list(reviewing.desk.rows().values())
    wants = [want(row, "look", reason=HOSTILE) for row in rows]
    assert decide(person, *wants).status_code == 200
    given = {"pages": [row.page for row in rows], "to": HOSTILE}
    assert person.post("/give", json=given).status_code == 200
    return made


def watched(browser: Any, **how: Any) -> tuple[Page, list[str]]:
    """A page, and all that should not have happened there."""
    page = browser.new_context(**how).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)

    def popped(dialog: Any) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", popped)
    page.on("request", lambda asked: wrong.append(asked.url) if foreign(asked.url) else None)
    return page, wrong


def foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:"))


def addresses(out: Path) -> list[str]:
    pages = [row.page for row in Reviewing(out).desk.rows().values()]
    return ["/?need=all", "/changes", *(f"/s/{page}.html?need=all" for page in pages)]


def test_nothing_of_a_submission_fires_or_leaves_whatever_pane_shows_it(out: Path) -> None:
    with playwright.sync_playwright() as driver, served(out) as (_, link):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page, wrong = watched(browser, locale="en-US")
        come_in(page, link, HOSTILE[:50])
        home = page.url.rstrip("/").partition("/?")[0]
        for address in addresses(out):
            page.goto(f"{home}{address}")
            page.wait_for_selector(":root[data-live=on]")
            if "/s/" in address:
                page.wait_for_selector("#papers:not([aria-busy])")
            for part in page.locator("details").all():
                part.evaluate("(part) => { part.open = true; }")
            if "/s/s0000" in address:
                assert page.locator(".document").count() == len(REPORTS)
                assert "onerror=window.fired" in page.locator(".document").first.inner_text()
            assert page.evaluate("window.fired") is None, address
            assert page.locator("img[src=x], main script:not([type]), x").count() == 0, address
            assert wrong == [], address
        browser.close()


@pytest.mark.parametrize(
    ("colours", "language", "width"), [("light", "en", 1400), ("dark", "zh", 390)]
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    out: Path, colours: Literal["light", "dark"], language: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with playwright.sync_playwright() as driver, served(out) as (_, link):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        size = {"width": width, "height": 900}
        page, wrong = watched(browser, color_scheme=colours, viewport=size, bypass_csp=True)

        def check(what: str, within: str | None = None) -> None:
            found = axe.run(page, within, RULES) if within else axe.run(page, options=RULES)
            told = [(p["id"], p["nodes"][0]["html"][:160]) for p in found.response["violations"]]
            assert told == [], what
            assert page.evaluate("document.documentElement.scrollWidth") <= width, what

        page.goto(link)
        page.click(f"[data-set-lang={language}]")
        check("the door")
        page.focus("#enter-name")
        page.keyboard.type("Ann")
        page.keyboard.press("Enter")
        page.wait_for_selector(".queue")
        home = page.url.rstrip("/").partition("/?")[0]
        busiest = f"/s/{Reviewing(out).desk.rows()['s0000'].page}.html?need=all"
        for address in (*addresses(out)[:3], busiest):
            page.goto(f"{home}{address}")
            if "/s/" in address:
                page.wait_for_selector("#papers:not([aria-busy])")
            check(address)
        page.keyboard.press("?")
        page.wait_for_selector("#keys[open]")
        check("keys", "#keys")
        page.keyboard.press("Escape")
        page.click("#sign")
        page.wait_for_selector("#signing[open]")
        check("who decides", "#signing")
        page.keyboard.press("Escape")
        _somebody_decides(out, "s0000")
        page.keyboard.press("r")
        page.keyboard.type("no curves")
        page.keyboard.press("Escape")
        page.keyboard.press("s")
        page.wait_for_selector("#conflict[open]")
        check("conflict", "#conflict")
        yours = {"en": "The mark stands", "zh": "成绩不变"}[language]
        assert yours in page.locator("#conflict-yours").inner_text()
        page.goto(f"{home}/?need=all")
        page.check("tr[data-page=s0000] .choose")
        page.select_option("#bulk-what", "points")
        page.fill("#bulk-number", "1")  # its mark is 0, and stays within bounds
        page.fill("#bulk-reason", "no curves")
        _somebody_decides(out, "s0000")
        page.click("#bulk-preview")
        page.wait_for_selector("#conflict[open]")
        page.keyboard.press("Enter")  # all the same: but not without what it would change
        page.wait_for_selector("#effects[open]")
        assert page.locator("#effects-list li").count() > 1
        check("preview", "#effects")
        page.keyboard.press("Escape")
        page.wait_for_selector("#effects:not([open])", state="attached")
        # that others were faster is an answer of the server's, which the browser logs
        assert [each for each in wrong if "409" not in each] == []
        browser.close()


def _somebody_decides(out: Path, page: str) -> None:
    reviewing = Reviewing(out)
    row = next(row for row in reviewing.desk.rows().values() if row.page == page)
    assert decide(reviewing.person("Bob"), want(row, "look", reason="curves?")).status_code == 200
