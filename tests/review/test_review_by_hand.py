"""What two persons do in their browsers in an afternoon, and what goes wrong meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from grader.decisions import Decisions
from tests.review.folder import stored
from tests.review.test_deciding import waiting
from tests.review.test_review_browser import CHROMIUM, come_in, playwright, served

Page = Any
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return stored(tmp_path / "out", [waiting(n) for n in range(12)])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def in_a_window(browser: Any, link: str, name: str) -> Page:
    page = browser.new_context(locale="en-US").new_page()
    page.set_default_timeout(30_000)
    come_in(page, link, name)
    page.wait_for_selector(":root[data-live=on]")
    return page


def invited(page: Page) -> str:
    """The link that the button gives."""
    links: list[str] = []

    def copied(dialog: Any) -> None:
        links.append(dialog.default_value)
        dialog.dismiss()

    page.once("dialog", copied)
    page.click("#invite")
    while not links:
        page.wait_for_timeout(20)
    return links[0]


def shown(page: Page) -> list[str]:
    """The rows of the queue, in order."""
    return [row.get_attribute("data-page") for row in page.locator(".rows tbody tr").all()]


def reason(page: Page, text: str) -> None:
    page.keyboard.press("r")
    page.keyboard.type(text)
    page.keyboard.press("Escape")


def toast(page: Page, words: str) -> None:
    page.wait_for_selector(f"#toast:has-text('{words}')")


def decided(page: Page, key: str) -> None:
    """Press a key that decides, and wait until it is recorded."""
    page.keyboard.press(key)
    toast(page, "Recorded")


def test_two_share_a_queue_by_hash_by_hand_by_words_and_by_order(out: Path, browser: Any) -> None:
    with served(out) as (_, link):
        ann = in_a_window(browser, link, "Ann")
        bob = in_a_window(browser, invited(ann), "Bob")
        for page, share in ((ann, "1/2"), (bob, "2/2")):
            page.fill("[name=share]", share)
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile("share="))
        one, other = shown(ann), shown(bob)
        assert sorted(one + other) == [f"s{n:04}" for n in range(12)] and one and other
        # By hand: two of Bob's go to Ann, who finds them by her link.
        for row in other[:2]:
            bob.check(f"tr[data-page={row}] .choose")
        bob.fill("#bulk-to", "Ann")
        bob.click("#bulk-give")
        toast(bob, "2 given to Ann")
        assert shown(bob) == other[2:] and bob.locator(".choose:checked").count() == 0
        ann.click("text=what was given to me")
        ann.wait_for_url(re.compile("share=Ann"))
        assert shown(ann) == other[:2]
        # Words, and an order that shows no names.
        ann.fill("[name=share]", "")
        ann.fill("#search", "Ann 7")
        ann.select_option("[name=order]", "id")
        ann.click("#asked button")
        ann.wait_for_url(re.compile("words="))
        assert shown(ann) == ["s0007"]
        ann.fill("#search", "")
        ann.select_option("[name=order]", "blind")
        ann.click("#asked button")
        ann.wait_for_url(re.compile("order=blind"))
        assert "Ann 7" not in ann.locator(".rows").inner_text() and len(shown(ann)) == 12
        assert shown(ann) != sorted(shown(ann))
        ann.goto(f"{ann.url.partition('?')[0]}changes")
        ann.click("#asked button")
        ann.wait_for_url(re.compile("before="))


def test_a_bulk_conflict_leaves_what_was_chosen_and_written(out: Path, browser: Any) -> None:
    with served(out) as (_, link):
        ann = in_a_window(browser, link, "Ann")
        bob = in_a_window(browser, invited(ann), "Bob")
        bob.goto(f"{bob.url.partition('?')[0]}?need=all")
        for row in ("s0001", "s0002", "s0003"):
            bob.check(f"tr[data-page={row}] .choose")
        bob.select_option("#bulk-what", "incomplete")
        bob.fill("#bulk-reason", "no curves")
        ann.goto(f"{ann.url.partition('?')[0]}s/s0002.html")
        reason(ann, "all there")
        decided(ann, "c")
        bob.click("#bulk-preview")
        bob.wait_for_selector("#conflict[open]")
        assert "Ann" in bob.locator("#conflict-theirs").inner_text()
        bob.click("#conflict button[value='']")
        toast(bob, "1 that others decided")
        chosen = bob.locator("tr:has(.choose:checked)")
        assert [row.get_attribute("data-page") for row in chosen.all()] == ["s0001", "s0003"]
        assert bob.input_value("#bulk-reason") == "no curves"
        assert bob.input_value("#bulk-what") == "incomplete"
        assert "2 chosen" in bob.locator("#chosen").inner_text()
        bob.click("#bulk-preview")
        bob.wait_for_selector("#effects[open]")
        bob.keyboard.press("Enter")
        bob.wait_for_selector("#chosen:has-text('0 chosen')")
        assert bob.input_value("#bulk-reason") == ""  # something came of it
        assert {(one.id, one.author) for one in Decisions(out).all()} == {
            ("s0001", "Bob"), ("s0002", "Ann"), ("s0003", "Bob"),
        }  # fmt: skip


def test_what_others_decide_during_the_preview_is_previewed_anew(out: Path, browser: Any) -> None:
    with served(out) as (_, link):
        ann = in_a_window(browser, link, "Ann")
        bob = in_a_window(browser, invited(ann), "Bob")
        for row in ("s0001", "s0002"):
            bob.check(f"tr[data-page={row}] .choose")
        bob.fill("#bulk-reason", "curves are there")
        bob.click("#bulk-preview")
        bob.wait_for_selector("#effects[open] :text('95 → 100')")
        ann.goto(f"{ann.url.partition('?')[0]}s/s0002.html")
        ann.fill("#reason", "all there")
        ann.fill("#points", "-7")
        ann.click("[data-what=points]")
        toast(ann, "95 → 88")
        bob.keyboard.press("Enter")
        bob.wait_for_selector("#conflict[open]")
        bob.click("#conflict button[value=again]")
        bob.wait_for_selector("#effects[open] :text('88 → 93')")
        assert [one.author for one in Decisions(out).all()] == ["Ann"]  # nothing unseen
        bob.keyboard.press("Enter")
        bob.wait_for_selector("#chosen:has-text('0 chosen')")
        assert sorted(one.author for one in Decisions(out).all()) == ["Ann", "Bob", "Bob"]


def test_one_goes_on_without_those_that_cannot_be_decided_so(tmp_path: Path, browser: Any) -> None:
    out = stored(tmp_path / "out", [waiting(0), waiting(1, correct=128)])
    with served(out) as (_, link):
        ann = in_a_window(browser, link, "Ann")
        ann.goto(f"{ann.url.partition('?')[0]}?need=all")
        ann.check("#choose-all")
        ann.select_option("#bulk-what", "points")
        ann.fill("#bulk-number", "3")
        ann.fill("#bulk-reason", "a good plot")
        ann.click("#bulk-preview")
        ann.wait_for_selector("#refused[open]")
        assert "Ann 1" in ann.locator("#refused-list").inner_text()
        ann.click("#refused button[value=others]")
        ann.wait_for_selector("#effects[open] :text('95 → 98')")
        ann.keyboard.press("Enter")
        ann.wait_for_selector("#chosen:has-text('0 chosen')")
        assert [one.id for one in Decisions(out).all()] == ["s0000"]


def test_whoever_leaves_what_others_decided_has_the_reason_still(out: Path, browser: Any) -> None:
    with served(out) as (_, link):
        ann = in_a_window(browser, link, "Ann")
        bob = in_a_window(browser, invited(ann), "Bob")
        for page in (ann, bob):
            page.keyboard.press("n")
            page.wait_for_url("**/s/s0000.html*")
        reason(ann, "all there")
        decided(ann, "c")
        reason(bob, "no curves")
        bob.fill("#points", "-2")
        bob.click("[data-what=points]")
        bob.wait_for_selector("#conflict[open]")
        assert "-2" in bob.locator("#conflict-yours").inner_text()
        bob.keyboard.press("Escape")  # as good as leaving theirs
        bob.wait_for_selector("text=all there")
        assert (bob.input_value("#reason"), bob.input_value("#points")) == ("no curves", "-2")
        assert [one.author for one in Decisions(out).all()] == ["Ann"]
        # Whoever takes back what another decided is asked first.
        bob.keyboard.press("u")
        toast(bob, "could be taken back")
        asked: list[str] = []

        def declined(dialog: Any) -> None:
            asked.append(dialog.message)
            dialog.dismiss()

        bob.once("dialog", declined)
        bob.click("[data-meant]")
        assert asked == ["Take back what Ann decided (all there)?"]
        bob.once("dialog", lambda dialog: dialog.accept())
        bob.click("[data-meant]")
        bob.wait_for_selector("text=taken back by Bob")


def test_a_key_that_is_held_decides_once_and_the_end_is_said(out: Path, browser: Any) -> None:
    with served(out) as (_, link):
        ann = in_a_window(browser, link, "Ann")
        for number in range(12):
            ann.keyboard.press("n")
            ann.wait_for_url(f"**/s/s{number:04}.html*")
            if number:
                ann.keyboard.press("1")
            else:
                reason(ann, "all there")
            if number == 11:
                ann.keyboard.press("n")
                toast(ann, "Nobody else in this filter")
                assert "ended" not in ann.url and ann.input_value("#reason") == "all there"
            for _ in range(5):  # down without up: the browser repeats it
                ann.keyboard.down("c")
            toast(ann, "Recorded")
            ann.keyboard.up("c")
        ann.keyboard.press("u")
        toast(ann, "Recorded: 100 → 95")
        ann.keyboard.press("u")
        toast(ann, "could be taken back")
        ann.keyboard.press("1")
        decided(ann, "c")
        ann.keyboard.press("n")
        ann.wait_for_url(re.compile(r"/\?"))
        toast(ann, "Nobody in this filter needs a person")
        assert len(Decisions(out).all()) == 12 + 2
        ann.reload()
        assert ann.locator("#toast").inner_text() == ""


def test_names_that_nobody_can_read_are_refused(out: Path, browser: Any) -> None:
    with served(out) as (_, link):
        ann = in_a_window(browser, link, "\u200b…")
        assert ann.get_attribute("#sign", "data-name") == ""
        ann.keyboard.press("n")
        ann.wait_for_url("**/s/s0000.html*")
        reason(ann, "all there")
        ann.keyboard.press("c")
        for name in ("\u2060\u2060", "…"):
            ann.wait_for_selector("#signing[open]")
            ann.fill("#who-decides", name)
            ann.keyboard.press("Enter")
            toast(ann, "a letter or a digit")
            ann.keyboard.press("c")
        ann.wait_for_selector("#signing[open]")
        ann.fill("#who-decides", "Ann")
        ann.keyboard.press("Enter")
        toast(ann, "Recorded")
        assert [one.author for one in Decisions(out).all()] == ["Ann"]


def test_a_closed_tab_a_lost_server_and_a_new_one_lose_nothing(out: Path, browser: Any) -> None:
    with served(out) as (process, link):
        port = int(urlsplit(link).port or 0)
        ann = in_a_window(browser, link, "Ann")
        home = ann.url.partition("?")[0]
        ann.goto(f"{home}s/s0003.html")
        reason(ann, "half wri")
        ann.fill("#points", "3")
        context = ann.context
        ann.close()
        ann = context.new_page()
        ann.goto(f"{home}s/s0003.html")
        assert ann.input_value("#reason") == "half wri"
        ann.wait_for_selector(":root[data-live=on]")
        process.kill()
        process.wait()
        toast(ann, "does not answer")  # nobody has to press a key to learn it
        for selector in ("#publish", "#invite", "#again", "[data-what=complete]"):
            ann.evaluate("document.querySelector('#toast').textContent = ''")
            ann.click(selector)
            toast(ann, "does not answer")
        assert ann.input_value("#reason") == "half wri"
    with served(out, port) as (_, link):
        toast(ann, "ask for a new link")
        ann.keyboard.press("c")
        toast(ann, "ask for a new link")
        assert not Decisions(out).all()
        come_in(ann, link, "Ann")
        ann.goto(f"{home}s/s0003.html")
        assert ann.input_value("#reason") == "half wri"
        assert ann.input_value("#points") == "3"
        decided(ann, "c")
        assert [one.reason for one in Decisions(out).all()] == ["half wri"]
        assert ann.input_value("#reason") == ""
        decided_again = context.new_page()
        decided_again.goto(f"{home}s/s0003.html")
        assert decided_again.input_value("#reason") == ""
