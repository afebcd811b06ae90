"""Results for programs: Gradescope's ``results.json`` and JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from grader.report import files
from grader.report.exports.feedback import check_message, findings, part_output
from grader.report.exports.tables import points_text
from grader.report.text import file_name, for_json, for_xml
from grader.report.values import Context, Result
from grader.report.view import StudentView, view


def gradescope(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """``<path>/<id>/results.json`` for each submission, in Gradescope's format.

    A submission without a mark gets none: Gradescope would show it as zero.
    """
    _needs(context)
    for result in results:
        if result.grade.score is None:
            continue
        folder = path / file_name(result.evidence.submission.id)
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            for_json(gradescope_result(result, context)), ensure_ascii=False, indent=1
        )
        files.write(folder / "results.json", text)


def gradescope_result(result: Result, context: Context | None) -> dict[str, Any]:
    """What Gradescope shows a student; made from the student's view, so it tells no more."""
    context = _needs(context)
    shown, language = view(result, context), context.language
    said: dict[str, Any] = {
        "execution_time": round(shown.seconds),
        "output": "\n\n".join(findings(shown, language)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [*_parts(shown, language), *_checks(shown, language)],
        "extra_data": {
            "id": shown.id,
            "status": shown.status,
            "band": shown.band,
            "correct": shown.correct,
            "total": shown.total,
        },
    }
    return said if shown.score is None else {"score": shown.score, **said}


def _parts(shown: StudentView, language: str) -> list[dict[str, Any]]:
    return [
        {
            "name": part.title.get(language) or part.title.get("en", ""),
            "score": part.earned,
            "max_score": part.possible,
            "output": part_output(part, shown, language),
        }
        for part in shown.parts
    ]


def _checks(shown: StudentView, language: str) -> list[dict[str, Any]]:
    """Checks that carry no marks, as lines that are met or not (those with marks are parts)."""
    return [
        {
            "name": check.title.get(language) or check.title.get("en", ""),
            "status": "passed" if check.outcome == "passed" else "failed",
            "output": check_message(check, language),
        }
        for check in shown.checks
        if not check.points and check.outcome in ("passed", "failed")
    ]


def _needs(context: Context | None) -> Context:
    if context is None:
        raise ValueError("this export needs the context of the run: expected a Context, found None")
    return context


def junit(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """JUnit XML: a suite for each submission, a case for its function and for each check."""
    with files.text_file(path) as file:
        xml = XMLGenerator(file, "utf-8", short_empty_elements=True)
        xml.startDocument()
        _start(xml, "testsuites", {"name": context.assignment.id if context else "grader"})
        for result in results:
            _suite(xml, result, context.assignment.interface.function if context else "predict")
            xml.characters("\n")
        xml.endElement("testsuites")
        xml.endDocument()


def _start(xml: XMLGenerator, name: str, attributes: dict[str, str]) -> None:
    xml.startElement(name, AttributesImpl({key: for_xml(v) for key, v in attributes.items()}))


def _suite(xml: XMLGenerator, result: Result, function: str) -> None:
    evidence, grade = result.evidence, result.grade
    outcomes = [check.outcome for check in evidence.checks]
    status = grade.status.value
    _start(
        xml,
        "testsuite",
        {
            "name": grade.id,
            "tests": str(1 + len(outcomes)),
            "failures": str(outcomes.count("failed") + (status == "faulted")),
            "errors": str(outcomes.count("broken") + (status == "ungraded")),
            "skipped": str(outcomes.count("skipped") + (status == "absent")),
            "time": f"{evidence.seconds:.3f}",
            **({"timestamp": evidence.started} if evidence.started else {}),
        },
    )
    _start(xml, "properties", {})
    score = "" if grade.score is None else points_text(grade.score)
    for name, value in (("name", grade.name), ("score", score), ("band", grade.band)):
        _start(xml, "property", {"name": name, "value": value})
        xml.endElement("property")
    xml.endElement("properties")
    kinds = {"graded": "", "faulted": "failure", "ungraded": "error", "absent": "skipped"}
    kind = kinds[status]
    told = "\n".join(f"{f.code}: {f.message}" for f in evidence.findings)
    trouble = evidence.trouble.message if evidence.trouble else ""
    _case(xml, grade.id, function, kind, trouble or evidence.stopped, trouble or told)
    kinds = {"passed": "", "failed": "failure", "skipped": "skipped", "broken": "error"}
    for check in evidence.checks:
        kind = kinds.get(check.outcome, "error")
        told = "\n".join(filter(None, (check.rationale, check.expected, check.actual, check.help)))
        _case(xml, grade.id, check.name, kind, check.rationale, told)
    xml.endElement("testsuite")


def _case(xml: XMLGenerator, suite: str, name: str, kind: str, message: str, text: str) -> None:
    _start(xml, "testcase", {"classname": suite, "name": name})
    if kind:
        _start(xml, kind, {"message": message})
        if kind != "skipped":
            xml.characters(for_xml(text))
        xml.endElement(kind)
    xml.endElement("testcase")
