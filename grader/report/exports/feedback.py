"""What a gradebook tells a student: how the mark came about, what was found, and what to do."""

from __future__ import annotations

from grader.report.phrases import Said, said
from grader.report.view import CheckView, PartView, StudentView


def feedback(shown: StudentView, language: str) -> list[str]:
    """The reasons of the mark, then each finding with its hint; nothing of what passed."""
    reasons = [_in(part.because, language) for part in shown.parts if not _is_check(part, shown)]
    failed = [
        f"{_in(check.title, language)}: {check_message(check, language)}".rstrip(": ")
        for check in shown.checks
        if check.outcome == "failed"
    ]
    return [*reasons, *findings(shown, language), *failed]


def findings(shown: StudentView, language: str) -> list[str]:
    """Each finding: its code, what it says, and what to do."""
    return [
        "\n".join(filter(None, (f"{f.code}: {f.message[language]}", f.hint[language])))
        for f in shown.findings
    ]


def part_output(part: PartView, shown: StudentView, language: str) -> str:
    """Why a part has its marks; of a check that carries marks, what it told where it failed."""
    if not _is_check(part, shown):
        return _in(part.because, language)
    failed = (c for c in shown.checks if c.title == part.title and c.outcome == "failed")
    return "\n".join(check_message(check, language) for check in failed)


def check_message(check: CheckView, language: str) -> str:
    """What a check says to who did not pass it; nothing to who did."""
    if check.outcome != "failed":
        return ""
    lines = [_in(check.rationale, language)]
    expected, found = _in(check.expected, language), _in(check.actual, language)
    if expected or found:
        pair = said(
            "expected {expected}, found {found}", expected=expected or "–", found=found or "–"
        )
        lines.append(pair[language])
    lines.append(_in(check.help, language))
    return "\n".join(line for line in lines if line)


def _is_check(part: PartView, shown: StudentView) -> bool:
    return any(check.points and check.title == part.title for check in shown.checks)


def _in(texts: Said, language: str) -> str:
    return texts.get(language) or texts.get("en", "")
