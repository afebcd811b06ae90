"""The pages in a browser, by the keyboard alone, from a server of our own."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.decisions import Decisions
from tests import make, submissions
from tests.review.folder import stored
from tests.review.test_deciding import waiting

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chrome")
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]


@contextmanager
def served(out: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own over `out`, and the link that it printed."""
    process = subprocess.Popen(
        submissions.command("review", out, "--port", str(port)), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, cwd=make.ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if match := re.search(r"http://\S+#\S+", line):
            break
    else:
        raise AssertionError(said)
    try:
        yield process, match[0]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def come_in(page, link: str, name: str) -> None:  # type: ignore[no-untyped-def]
    page.goto(link)
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_selector(".queue")


def test_two_persons_decide_by_keys_and_a_kill_loses_nothing(tmp_path: Path) -> None:
    evidence = [waiting(n) for n in range(4)]
    hostile = "<img src=x onerror=window.fired=1><script>window.fired=1</script>"
    evidence[2] = evidence[2].model_copy(
        update={"submission": evidence[2].submission.model_copy(update={"name": hostile})}
    )
    out = stored(tmp_path / "out", evidence)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        wrong: list[str] = []
        with served(out) as (process, link):
            ann = browser.new_context(locale="en-US").new_page()
            ann.on("pageerror", lambda error: wrong.append(str(error)))
            ann.on("console", lambda told: wrong.append(told.text) if "Refused" in told.text else 0)
            come_in(ann, link, "Ann")
            code = ann.evaluate(
                "fetch('/invite', {method: 'POST', headers: {'content-type': 'application/json'},"
                " body: '{}'}).then((a) => a.json()).then((a) => a.code)"
            )
            bob = browser.new_context(locale="zh-CN", color_scheme="dark").new_page()
            bob.set_viewport_size({"width": 390, "height": 800})
            come_in(bob, f"{link.partition('#')[0]}#{code}", "Bob")

            # Names and numbers keep a width that can be read, and the table scrolls in its place.
            name = bob.locator(".rows tbody th").first.bounding_box()
            assert name["width"] >= 120 and name["height"] < 150
            assert bob.evaluate("document.documentElement.scrollWidth") <= 390
            ann.keyboard.press("n")
            ann.wait_for_url("**/s/s0000.html*")
            bob.keyboard.press("n")
            bob.wait_for_url("**/s/s0000.html*")
            assert bob.evaluate("document.documentElement.scrollWidth") <= 390
            ann.wait_for_selector("#here:has-text('Bob')")
            ann.keyboard.press("r")
            ann.keyboard.type("report is there")
            ann.keyboard.press("Escape")
            ann.keyboard.press("c")
            ann.wait_for_selector("#toast:has-text('100')")
            # Bob saw an older state: he is shown what Ann decided, and decides all the same
            bob.wait_for_selector("#meanwhile:not([hidden])")
            bob.keyboard.press("r")
            bob.keyboard.type("no curves")
            bob.keyboard.press("Escape")
            bob.keyboard.press("i")
            bob.wait_for_selector("#conflict[open]")
            assert "Ann" in bob.locator("#conflict-theirs").inner_text()
            bob.keyboard.press("Enter")
            bob.wait_for_selector("#toast:not(:empty)")
            assert {(one.author, one.report) for one in Decisions(out).all()} == {
                ("Ann", "complete"), ("Bob", "incomplete"),
            }  # fmt: skip
            # the next one; a reason from the bank; undo
            ann.keyboard.press("n")
            ann.wait_for_url("**/s/s0001.html*")
            ann.keyboard.press("1")
            ann.keyboard.press("c")
            ann.wait_for_selector("#toast:has-text('100')")
            ann.keyboard.press("u")
            ann.wait_for_selector(".decide .chip.need-report")
            ann.keyboard.press("j")
            ann.wait_for_url("**/s/s0002.html*")
            assert ann.evaluate("window.fired") is None
            ann.keyboard.press("?")
            ann.wait_for_selector("#keys[open]")
            ann.keyboard.press("Escape")
            kept = len(Decisions(out).all())
            process.kill()
            process.wait()
            ann.keyboard.press("r")
            ann.keyboard.type("after the kill")
            ann.keyboard.press("Escape")
            ann.keyboard.press("c")
            ann.wait_for_selector("#toast:has-text('does not answer')")
            assert ann.locator("#reason").input_value() == "after the kill"
        assert len(Decisions(out).all()) == kept == 4
        assert wrong == []
        browser.close()
