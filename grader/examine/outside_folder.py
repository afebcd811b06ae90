"""Findings about what a submission looks for outside of its folder, on its author's machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PureWindowsPath

from grader.assignment import Assignment
from grader.evidence import Finding, Severity
from grader.evidence.findings import make_finding
from grader.examine.replies import Failure, LoadReport, OutsideReport
from grader.language import Sentence


def findings(
    outside: Sequence[OutsideReport], assignment: Assignment, error: Failure | None = None
) -> Iterator[Finding]:
    """A finding for each path, but for modules that `error` misses, as that tells of them."""
    entry = assignment.interface.entry
    for each in outside:
        path = PureWindowsPath(each.what)  # which knows the separators of all systems
        name = path.parent.name if path.name == "__init__.py" else path.name
        looks = each.how == "looks" and not _is_at(each, error)
        if error is not None and looks and name.partition(".")[0] in _missed_modules(error):
            continue
        cure = _cure(each, name, entry, looks)
        severity = Severity.WARNING if looks else Severity.ERROR
        facts = {**({"cure": cure} if cure else {}), "file": each.file, "line": each.line}
        yield make_finding(
            "outside-folder", facts, severity=severity, path=each.what, name=name, entry=entry
        )


def _cure(each: OutsideReport, name: str, entry: str, looks: bool) -> Sentence | None:
    """What to do, where it is not to copy the file."""
    if each.inside:
        written = "The file was handed in as {found}: write '{found}'."
        return Sentence(written, {"found": each.inside})
    if each.dataset:
        return Sentence("Read data sets only below `if __name__ == '__main__':`.")
    if each.how == "writes":
        return Sentence(
            "Write below the folder of {entry} only, by a relative path, or do without.",
            {"entry": entry},
        )
    if looks:
        return Sentence(
            "Where {name} is needed, copy it into the folder, beside {entry}; where the code can "
            "do without, nothing has to be done.",
            {"name": name, "entry": entry},
        )
    return None


def untold(found: Sequence[Finding], known: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those of `found` that do not say again of a path what a finding above says of it in
    `known`.
    """
    told = {one.facts["path"] for one in known if one.code == "outside-folder"}
    again = ("weights-missing", "dataset-at-import")
    return tuple(one for one in found if one.code not in again or one.facts.get("path") not in told)


def stopped(report: LoadReport) -> bool:
    """Whether what stopped the import is that a path was not there which is on its author's machine
    alone: what one of the findings tells.
    """
    return any(_is_at(each, report.error) for each in report.outside)


def _is_at(outside: OutsideReport, error: Failure | None) -> bool:
    """Whether the exception came from the line that asked for the path."""
    here = (outside.file, outside.line)
    return error is not None and here == (error.file, error.line) and not _missed_modules(error)


def _missed_modules(error: Failure) -> tuple[str, ...]:
    """Top-level modules and packages for want of which the exception came."""
    names = (error.missing_module, error.missing_package)
    return tuple(name.partition(".")[0] for name in names if name)
