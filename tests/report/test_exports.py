"""Every export read back by a reader that is not ours."""

# ruff: noqa: S314 - reads back what was written here

from __future__ import annotations

import csv
import dataclasses
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest

from grader import parallel
from grader.evidence import Check, Origin, Submitter
from grader.evidence.findings import make_finding
from grader.report import Context, Result, exports, publish
from grader.scoring import Grade, grade
from tests.report import make


def read(path: Path, encoding: str = "utf-8-sig", **dialect: str) -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, **dialect))  # type: ignore[arg-type]


def test_csv_has_the_columns_that_were_promised(results: list[Result], tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    exports.grades_csv(results, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,name,status,score,")
    head, *rows = read(path)
    assert ",".join(head) == (
        "id,name,status,score,correct,total,accuracy,band,findings,"
        "number,possible,parts,checks,report,overrides,lateness,run"
    )
    assert len(rows) == len(results)
    for row, result in zip(rows, results, strict=True):
        line = dict(zip(head, row, strict=True))
        assert line["id"] == result.grade.id
        assert line["status"] == result.grade.status.value
        score = result.grade.score
        assert line["score"] == "" if score is None else float(line["score"]) == score
        assert line["findings"].split() == list(
            dict.fromkeys(finding.code for finding in result.evidence.findings)
        )


def test_no_cell_of_ours_reads_like_a_date(results: list[Result], tmp_path: Path) -> None:
    """Spreadsheets make days and months of 10-15, 5/6 and 2.5.1."""
    exports.grades_csv(results, tmp_path / "grades.csv")
    head, *rows = read(tmp_path / "grades.csv")
    theirs = {head.index("id"), head.index("name"), head.index("number")}
    cells = {cell for row in rows for n, cell in enumerate(row) if n not in theirs}
    assert "80–85 %" in cells
    like_a_date = re.compile(r"\d{1,4}\s*[-/.]\s*\d{1,2}(\s*[-/.]\s*\d{1,4})?")
    assert not [c for c in cells if like_a_date.fullmatch(c) and not re.fullmatch(r"\d+\.\d+", c)]


def test_a_table_tells_how_each_mark_came_about(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    of_a_run = dataclasses.replace(context, run="run-7")
    exports.grades_csv(results, tmp_path / "grades.csv", of_a_run)
    head, *rows = read(tmp_path / "grades.csv")
    for cells, result in zip(rows, results, strict=True):
        line = dict(zip(head, cells, strict=True))
        assert (line["number"], line["run"]) == (result.grade.number, "run-7")
        assert float(line["possible"]) == result.grade.possible
        assert line["report"] == result.grade.report
        assert len(line["parts"].split("; ")) == len(result.grade.parts) or not line["parts"]
        assert all(each.reason in line["overrides"] for each in result.grade.overrides)


def test_numbers_and_ids_are_texts_in_a_workbook(context: Context, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    evidence = make.one(0)
    changes = {"id": "1E10", "number": "000321012345678"}
    evidence = evidence.model_copy(
        update={"submission": evidence.submission.model_copy(update=changes)}
    )
    lab = make.assignment()
    result = Result(evidence, grade(evidence, lab.policy, len(lab.classes)))
    exports.xlsx([result], tmp_path / "grades.xlsx", context)
    head, line = openpyxl.load_workbook(tmp_path / "grades.xlsx")["Marks"].iter_rows()
    cells = {name.value: cell for name, cell in zip(head, line, strict=True)}
    for name, text in changes.items():
        assert (cells[name].value, cells[name].data_type) == (text, "s")
        assert cells[name].number_format == "@"
    assert isinstance(cells["score"].value, (int, float)) and cells["accuracy"].value < 1


def test_a_gradebook_says_what_was_found_and_nothing_of_what_passed(
    context: Context, tmp_path: Path
) -> None:
    title = {"en": "The layers are the lecture's", "zh": "各层与课件一致"}
    checks = tuple(
        Check(name=f"t::{outcome}", title={**title, "en": f"{title['en']} {outcome}"},
              outcome=outcome, points=points, rationale="It differs.\n不同。", help="Do.\n改。",
              expected="(120, 400)", actual="(120, 256)")
        for outcome, points in (("passed", 4), ("failed", 2), ("passed", 0), ("failed", 0))
    )  # fmt: skip
    finding = make_finding("report-missing", low=80, high=85)
    hidden = make_finding("similar-code", percent=84, other="Ann (ann)")
    found = {"findings": (finding, hidden), "told": (finding,)}
    evidence = make.one(0).model_copy(update={"checks": checks, **found})
    lab = context.assignment
    result = Result(evidence, grade(evidence, lab.policy, len(lab.classes)))
    said = exports.gradescope_result(result, context)
    outputs = {test["name"].rpartition(" ")[2]: test["output"] for test in said["tests"]}
    assert outputs["passed"] == ""
    assert outputs["failed"] == "It differs.\nexpected (120, 400), found (120, 256)\nDo."
    exports.moodle([result], tmp_path / "m.csv", context)
    _, line = read(tmp_path / "m.csv")
    for told in (said["output"], line[4]):
        assert finding.message in told and finding.hint in told
        assert "Ann" not in told
    assert "passed" not in line[4] and "It differs." in line[4]


@pytest.mark.parametrize("name", ["csv", "canvas", "moodle"])
def test_no_cell_of_a_table_is_a_formula(
    name: str, results: list[Result], context: Context, tmp_path: Path
) -> None:
    exports.EXPORTS[name](results, tmp_path / "table.csv", context)
    cells = [cell for row in read(tmp_path / "table.csv") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("name", ["csv", *sorted(exports.GRADEBOOKS)])
@pytest.mark.parametrize("platform", ["", "own"])
def test_no_cell_is_a_formula_where_other_signs_end_one(
    name: str, platform: str, results: list[Result], context: Context, tmp_path: Path
) -> None:
    """A spreadsheet whose list separator is another one, or that is told another one."""
    evil = 'x;=1+1;\t=2+2|=3, =4;"=5\n=6'
    who = Submitter(name=evil, number="321", key="9", login=evil)
    origin = Origin(platform=name if platform else "", submitters=(who,))
    evidence, mark = results[0].evidence, results[0].grade.model_copy(update={"name": evil})
    told = {"name": evil, "origin": origin}
    submission = evidence.submission.model_copy(update=told)
    result = Result(evidence.model_copy(update={"submission": submission}), mark)
    path = tmp_path / "table.csv"
    exports.EXPORTS[name]([result], path, context)
    text = path.read_bytes().decode("utf-16" if name == "blackboard" else "utf-8-sig")
    assert "1+1" in text
    for part in re.split(r"[,;|\t\r\n]", text):
        assert not part.lstrip(' "').startswith(("=", "+", "@"))
    assert text.count('"x;') == text.count("x;")  # texts are quoted


def test_blanks_before_a_formula_are_no_platforms_own(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    mark = results[0].grade.model_copy(update={"name": '    =HYPERLINK("http://x")'})
    who = Submitter(name=mark.name, number="321")
    origin = Origin(submitters=(who,))
    submission = results[0].evidence.submission.model_copy(update={"origin": origin})
    evidence = results[0].evidence.model_copy(update={"submission": submission})
    exports.EXPORTS["moodle"]([Result(evidence, mark)], tmp_path / "m.csv", context)
    cells = [cell for row in read(tmp_path / "m.csv") for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith("=")]


def test_an_ungraded_submission_has_no_mark_in_any_table(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    lost = [result for result in results if result.grade.score is None]
    assert lost
    places = {"csv": 3, "canvas": 5, "moodle": 2}
    for name, place in places.items():
        exports.EXPORTS[name](lost, tmp_path / name, context)
        rows = read(tmp_path / name)[2 if name == "canvas" else 1 :]
        # Canvas would take an empty cell for a change: there such a submission has no row.
        assert bool(rows) is (name != "canvas") and all(row[place] == "" for row in rows)
    exports.gradescope(lost, tmp_path / "gradescope", context)
    assert not (tmp_path / "gradescope").exists()


def test_json_holds_whole_grades(results: list[Result], context: Context, tmp_path: Path) -> None:
    exports.grades_json(results, tmp_path / "grades.json", context)
    data = json.loads((tmp_path / "grades.json").read_text(encoding="utf-8"))
    assert data["assignment"] == "garbage-26" and len(data["grades"]) == len(results)
    first = data["grades"][0]
    assert first["findings"] == [f.code for f in results[0].evidence.findings]
    extra = {"findings", "accuracy"}
    again = Grade.model_validate({k: v for k, v in first.items() if k not in extra})
    assert again == results[0].grade


def test_an_empty_class_is_an_empty_table(context: Context, tmp_path: Path) -> None:
    for name, way in exports.WAYS_BACK.items():
        with pytest.raises(exports.NobodyError, match=r"no (submission|student)"):
            way([], tmp_path / exports.FILE_NAMES[name], context)
    for name, export in exports.EXPORTS.items():
        if name != "xlsx":
            export([], tmp_path / exports.FILE_NAMES[name], context)
    assert json.loads((tmp_path / "grades.json").read_text())["grades"] == []
    assert ET.parse(tmp_path / "junit.xml").getroot().tag == "testsuites"


def test_xlsx_opens_with_marks_as_numbers_and_texts_as_texts(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    exports.xlsx(results, tmp_path / "grades.xlsx", context)
    book = openpyxl.load_workbook(tmp_path / "grades.xlsx")
    assert book.sheetnames == ["Marks", "Findings", "Classes"]
    head, *rows = book["Marks"].iter_rows()
    assert tuple(cell.value for cell in head) == exports.COLUMNS
    for row, result in zip(rows, results, strict=True):
        assert row[3].value == result.grade.score
        assert row[1].data_type in ("s", "n")  # never "f"
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_canvas_finds_students_by_number(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    exports.canvas(results, tmp_path / "canvas.csv", context)
    head, possible, *rows = read(tmp_path / "canvas.csv")
    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert possible[0].strip() == "Points Possible" and float(possible[5]) == 100
    assert rows[0][2] == results[0].grade.number and float(rows[0][5]) == results[0].grade.score


def test_blackboard_is_tab_separated_utf16(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    exports.blackboard(results, tmp_path / "b.txt", context)
    head, *rows = read(tmp_path / "b.txt", encoding="utf-16", delimiter="\t")
    assert head[:3] == ["Last Name", "Username", "Student ID"] and len(rows) == len(results)
    assert {len(row) for row in rows} == {4}


def test_moodle_says_how_the_mark_came_about(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    chinese = dataclasses.replace(context, language="zh")
    exports.moodle(results[:1], tmp_path / "m.csv", chinese)
    head, row = read(tmp_path / "m.csv")
    assert head[0] == "ID number" and "答对" in row[4]


def test_gradescope_has_its_documented_format(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    exports.gradescope(results, tmp_path / "gradescope", context)
    files = sorted((tmp_path / "gradescope").glob("*/results.json"))
    assert len(files) == sum(result.grade.score is not None for result in results)
    for file in files:
        said = json.loads(file.read_text(encoding="utf-8"))
        assert isinstance(said["score"], (int, float)) and isinstance(said["output"], str)
        assert isinstance(said["execution_time"], (int, float))
        assert said["visibility"] in {"hidden", "after_due_date", "after_published", "visible"}
        assert said["output_format"] in {"text", "html", "simple_format", "md", "ansi"}
        for test in said["tests"]:
            assert isinstance(test["name"], str)
            assert test.get("status", "passed") in {"passed", "failed"}
            assert test.get("score", 0.0) is not None


def test_junit_counts_what_it_lists(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    exports.junit(results, tmp_path / "junit.xml", context)
    suites = ET.parse(tmp_path / "junit.xml").getroot().findall("testsuite")
    assert len(suites) == len(results)
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    for suite in suites:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        for count, kind in kinds.items():
            assert int(suite.get(count, "")) == len(suite.findall(f"testcase/{kind}"))


def test_the_zip_has_one_page_each_named_for_mailing(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    exports.student_pages(results, tmp_path / "pages.zip", context)
    with zipfile.ZipFile(tmp_path / "pages.zip") as pack:
        names = pack.namelist()
        assert pack.testzip() is None
    assert len(set(names)) == len(results)
    plain = results[0].grade
    assert sum(name.startswith(f"{plain.number}_{plain.name}_") for name in names) == 1
    assert not [name for name in names if "/" in name or name.startswith(".")]


def test_a_failed_export_leaves_the_earlier_file(results: list[Result], tmp_path: Path) -> None:
    def breaks() -> object:
        yield results[0]
        raise OSError("no space left on device")

    for name in ("csv", "json"):
        path = tmp_path / name
        exports.EXPORTS[name](results, path, None)
        before = path.read_bytes()
        with pytest.raises(OSError, match="no space"):
            exports.EXPORTS[name](breaks(), path, None)  # type: ignore[arg-type]
        assert path.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["csv", "json"]


def test_everything_is_published_together(
    results: list[Result], context: Context, tmp_path: Path
) -> None:
    marked = publish(make.Given(results), context, tmp_path)
    assert [one.grade for one in marked] == [result.grade for result in results]
    assert (tmp_path / "report" / "index.html").is_file()
    assert len(read(tmp_path / "grades.csv")) == len(results) + 1
    assert len(json.loads((tmp_path / "grades.json").read_text("utf-8"))["grades"]) == len(results)


def test_several_processes_write_what_one_does(
    results: list[Result],
    context: Context,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parallel, "ITEMS_PER_TASK", 7)
    before = {result.grade.id: result.grade.score for result in results[3:]}
    source, context = (
        make.Given(results),
        dataclasses.replace(context, previous={**before, "gone": 1.0}),
    )
    alone = publish(source, context, tmp_path / "alone")
    monkeypatch.setattr(parallel, "MIN_ITEMS_PER_PROCESS", len(results) // 2)
    monkeypatch.setattr("grader.resources.processors", lambda: 2)
    together = publish(source, context, tmp_path / "together")
    assert together == alone
    assert written(tmp_path / "together") == written(tmp_path / "alone")


def written(out: Path) -> dict[str, str]:
    """All files; the word that lets scripts run is new in each process."""
    nonce = re.compile(r"(nonce=\"|'nonce-)[\w-]+")
    return {
        str(path.relative_to(out)): nonce.sub("", path.read_text(encoding="utf-8"))
        for path in out.rglob("*")
        if path.is_file()
    }
