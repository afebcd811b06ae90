"""The pages as files: whole, safe, the same content in both languages, memory flat."""

from __future__ import annotations

import dataclasses
import json
import re
import weakref
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grader.evidence import Evidence, Finding, Severity
from grader.report import Context, Result, files, publish
from grader.report.pages import ReportPages
from grader.report.view import view
from grader.scoring import grade
from tests import make as sample
from tests.report import make

VOID = {"meta", "link", "img", "input", "br", "hr", "circle", "line", "path", "rect"}


class Checked(HTMLParser):
    """Notes tags that do not match, handlers, inline styles, addresses, and duplicate ids."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.inside: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.wrong.append(f"{tag} {name}")
            if name == "id":
                self.ids.append(value or "")
            if name in ("src", "href"):
                self.links.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def checked(page: str) -> Checked:
    parser = Checked()
    parser.feed(page)
    parser.close()
    return parser


@pytest.fixture(scope="module")
def all_pages(report: Path) -> dict[str, str]:
    return {
        str(path.relative_to(report)): path.read_text(encoding="utf-8")
        for path in sorted(report.rglob("*.html"))
    }


def test_there_is_a_class_page_and_two_for_each_submission(
    all_pages: dict[str, str], results: list[Result]
) -> None:
    assert len(all_pages) == 1 + 2 * len(results)


def test_every_page_is_well_formed_without_handlers_or_inline_styles(
    all_pages: dict[str, str],
) -> None:
    for name, page in list(all_pages.items())[::3]:
        found = checked(page)
        assert (found.wrong, found.open) == ([], []), name
        assert len(found.ids) == len(set(found.ids)), name


def test_no_page_points_outside_its_folder(all_pages: dict[str, str], report: Path) -> None:
    for name, page in list(all_pages.items())[::3]:
        for link in checked(page).links:
            assert re.match(r"(\.\./)?(assets|staff|student|index|#|data:image/jpeg|\d)", link), (
                link
            )
            if not link.startswith(("data:", "#")):
                assert (report / name).parent.joinpath(link).resolve().is_file(), (name, link)


def test_only_scripts_of_ours_may_run(all_pages: dict[str, str]) -> None:
    nonces = set()
    for page in all_pages.values():
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
        assert policy is not None
        rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
        assert rules["default-src"] == "'none'" and rules["img-src"] == "data:"
        nonce = re.fullmatch(r"'nonce-([\w-]{22,})'", rules["script-src"])
        assert nonce is not None and rules["style-src"] == rules["script-src"]
        nonces.add(nonce[1])
        assert all(
            f'nonce="{nonce[1]}"' in tag for tag in re.findall(r"<(?:script|style)[^>]*>", page)
        )
    assert len(nonces) == 2  # new in the process of the submissions' pages and for the class page


def test_what_students_wrote_is_text(all_pages: dict[str, str]) -> None:
    for name, page in all_pages.items():
        assert "<script>alert" not in page and "<img src=x" not in page, name
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e]", page), name


def test_the_student_page_stands_alone(all_pages: dict[str, str]) -> None:
    for name, page in all_pages.items():
        if name.startswith("student"):
            assert [link for link in checked(page).links if not link.startswith("#")] == []


def test_a_page_says_everything_in_both_languages(all_pages: dict[str, str]) -> None:
    for name, page in all_pages.items():
        english, chinese = page.count('class="t" lang="en"'), page.count('class="t" lang="zh-CN"')
        assert english == chinese > 20, name


def test_the_language_of_the_run_is_shown_first(context: Context) -> None:
    result = next(iter(make.results(1)))
    chinese = dataclasses.replace(context, language="zh")
    assert '<html lang="zh-CN"' in ReportPages(chinese).student(result)
    assert '<html lang="en"' in ReportPages(context).student(result)


def test_an_unconfined_run_has_a_banner_on_every_page(context: Context, tmp_path: Path) -> None:
    loose = dataclasses.replace(context, confinement="none")
    out = make.report(make.results(2), loose, tmp_path)
    for page in out.rglob("*.html"):
        assert 'class="banner" role="alert"' in page.read_text(encoding="utf-8")


def test_a_confined_run_has_none(all_pages: dict[str, str]) -> None:
    assert not [name for name, page in all_pages.items() if 'class="banner"' in page]


def test_the_class_page_has_a_row_for_each_submission(
    all_pages: dict[str, str], results: list[Result]
) -> None:
    page = all_pages["index.html"]
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert data is not None
    rows = json.loads(data[1])["rows"]
    assert [row[4] for row in rows] == [result.grade.score for result in results]


def test_without_scripts_there_is_a_plain_table(
    all_pages: dict[str, str], results: list[Result]
) -> None:
    plain = all_pages["index.html"].split("<noscript>")[1].split("</noscript>")[0]
    assert plain.count("<tr>") == 1 + len(results)


def test_the_class_page_says_what_is_late(context: Context, tmp_path: Path) -> None:
    both = [sample.handed_in_late(make.one(0)), make.one(1)]
    marked = [Result(one, grade(one, context.assignment.policy, 26)) for one in both]
    page = (make.report(marked, context, tmp_path) / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr><td><a href=\"staff/.*?</tr>", page)
    assert sorted("迟交" in row and "Late" in row for row in rows) == [False, True]
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert data is not None
    assert sorted(row[-1] for row in json.loads(data[1])["rows"]) == [0, 1]


def test_changes_since_the_run_before_are_listed(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    before = {result.grade.id: result.grade.score for result in results[1:]}
    before[results[5].grade.id] = 12.5
    before["gone"] = 80.0
    again = dataclasses.replace(context, previous=before)
    page = (make.report(results, again, tmp_path) / "index.html").read_text(encoding="utf-8")
    changes = page.split('<ul class="changes">')[1].split("</ul>")[0]
    assert changes.count("<li") == 2 and "12.5" in changes
    assert "1 submissions of the run before are not in this one." in page


def test_pages_of_submissions_that_are_gone_go_too(context: Context, tmp_path: Path) -> None:
    first, second = list(make.results(3)), list(make.results(1))
    make.report(first, context, tmp_path)
    report = make.report(second, context, tmp_path)
    assert len(list((report / "staff").iterdir())) == 1
    assert sorted(path.name for path in report.iterdir()) == [
        *("assets", "index.html", "staff", "student")
    ]


def test_a_run_that_breaks_leaves_the_earlier_pages(context: Context, tmp_path: Path) -> None:
    class Breaking(make.Given):
        def results(self, ids: Sequence[str]) -> Iterator[Result]:
            yield from super().results(ids[:1])
            raise OSError("no space left on device")

    make.report(make.results(3), context, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.html")}
    with pytest.raises(OSError, match="no space"):
        publish(Breaking(list(make.results(2))), context, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.html")} == before


def test_a_self_check_is_one_page_that_shows_its_own_images(
    context: Context, tmp_path: Path
) -> None:
    own = dataclasses.replace(context, self_check=True, confinement="none")
    result = next(r for r in make.results(40, hostile=False) if r.grade.total)
    html = ReportPages(own).staff(result)
    assert "Self-check" in html and "data:image/jpeg" in html and 'class="banner"' not in html
    assert [link for link in checked(html).links if not link.startswith(("#", "data:"))] == []


def test_a_self_check_without_images_gives_no_mark(context: Context) -> None:
    own = dataclasses.replace(context, self_check=True)
    evidence = make.one(0).model_copy(update={"answers": ()})
    result = Result(evidence, grade(evidence, context.assignment.policy, 26))
    assert 'class="big"' not in ReportPages(own).staff(result)


def test_the_log_marks_the_failing_line_and_is_cut(context: Context) -> None:
    evidence = make.one(0).model_copy(
        update={
            "findings": (
                Finding(
                    code="import-failed",
                    severity=Severity.ERROR,
                    message="",
                    hint="",
                    facts={"file": "a<b>.py", "line": "41"},
                ),
            )
        }
    )
    log = "x" * 200_000 + '\n  File "a<b>.py", line 41, in f\nValueError: <b>'
    result = Result(evidence, grade(evidence, context.assignment.policy, 26), log)
    page = ReportPages(context).staff(result)
    assert "<mark>  File &#34;a&lt;b&gt;.py&#34;, line 41, in f</mark>" in page
    assert len(page) < 250_000 and "ValueError: &lt;b&gt;" in page


def test_an_image_outside_the_hidden_set_is_not_read(context: Context, tmp_path: Path) -> None:
    from grader.report.thumbnails import Thumbnails

    secret = make.hidden_set(tmp_path / "other", context.assignment, each=1)
    inside = tmp_path / "inside"
    inside.mkdir()
    name = next(secret.rglob("*.jpg")).relative_to(secret)
    assert Thumbnails(inside).get(f"../other/{name}") == ""
    assert Thumbnails(secret).get(str(name)).startswith("data:image/jpeg;base64,")


def test_no_evidence_is_kept_however_much_there_is(context: Context, tmp_path: Path) -> None:
    alive: list[weakref.ref[Evidence]] = []
    most = 0

    class Watched(make.Given):
        def results(self, ids: Sequence[str]) -> Iterator[Result]:
            nonlocal most
            for index, _ in enumerate(ids):
                evidence = make.one(index)
                alive.append(weakref.ref(evidence))
                yield Result(evidence, grade(evidence, context.assignment.policy, 26), "log")
                del evidence
                most = max(most, sum(known() is not None for known in alive))

    publish(Watched(list(make.results(30, hostile=False))), context, tmp_path)
    assert len(alive) == 30
    assert most <= 2  # the one at hand, and what is being made


def test_templates_are_found_in_the_checkout() -> None:
    assert (files.templates() / "base.html").is_file()


def test_an_id_that_is_no_file_name_writes_no_file_elsewhere(
    context: Context, tmp_path: Path
) -> None:
    evidence = make.one(0)
    bad = evidence.submission.model_copy(update={"id": "../../outside"})
    evil = evidence.model_copy(update={"submission": bad})
    result = Result(evil, grade(evil, context.assignment.policy, 26))
    make.report([result], context, tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert len(list((tmp_path / "a" / "report" / "staff").glob("*outside*.html"))) == 1


def test_a_class_of_nobody_has_a_page(context: Context, tmp_path: Path) -> None:
    page = (make.report([], context, tmp_path) / "index.html").read_text(encoding="utf-8")
    assert checked(page).wrong == []


def test_the_next_better_mark_and_the_stairs_heed_that_guessing_earns_nothing() -> None:
    lab = sample.assignment()
    evidence = sample.evidence(sample.answers(5))
    mark = grade(evidence, lab.policy, len(lab.classes))
    seen = view(Result(evidence, mark), Context(lab))
    assert seen.score == 0
    assert seen.next is not None
    assert (seen.next.images, seen.next.score) == (7, 20)  # 12 of 130 are better than guessing
    assert [stair.points for stair in seen.stairs[:3]] == [0, 20, 25]
