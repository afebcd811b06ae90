"""What the worker's report about an import means for the student: findings."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import PurePosixPath

from grader.assignment import Assignment
from grader.evidence import Finding, Severity
from grader.evidence.findings import make_finding
from grader.examine import outside_folder
from grader.examine.hint_rules import AT_IMPORT
from grader.examine.hints import cure
from grader.examine.known_packages import is_own
from grader.examine.replies import Failure, LoadReport
from grader.language import Sentence


def findings(
    report: LoadReport, assignment: Assignment, device: str, runtimes: Mapping[str, Container[str]]
) -> list[Finding]:
    """The findings of an import, the one that stopped it first.

    `device` is what this run has, `runtimes` those that were tried, with the packages of each.
    """
    entry, function = assignment.interface.entry, assignment.interface.function
    found: list[Finding] = []
    outside = list(outside_folder.findings(report.outside, assignment, report.error))
    if outside_folder.stopped(report):
        found += outside
    elif report.error is not None:
        found.append(_failure(report, report.error, assignment, device, runtimes))
    elif not report.entry:
        found.append(make_finding("entry-missing", entry=entry, function=function))
    elif not report.function:
        meant = Sentence(
            "{entry} defines {alike}: call it {function}, which is the name that is looked for.",
            {"entry": report.entry, "alike": report.alike, "function": function},
        )
        facts: dict[str, object] = {"cure": meant} if report.alike else {}
        found.append(make_finding("predict-missing", facts, entry=report.entry, function=function))
    # A notebook is a known form of submission: a note says so, no finding.
    if report.function and report.entry != entry and not report.entry.endswith(".ipynb"):
        found.append(_elsewhere(report, entry, function))
    if report.error is None or report.stopped:
        missing = [part for part in assignment.parts if part.function in report.without]
        found += (
            make_finding("part-missing", part=part.id, function=part.function, entry=report.entry)
            for part in missing
        )
    if report.absent and report.function:
        names = ", ".join(dict.fromkeys(report.absent))
        found.append(make_finding("packages-absent", packages=names))
    for attempt in report.attempts.installs[:1]:
        told = {"command": attempt.what, "file": attempt.file, "line": attempt.line}
        found.append(make_finding("installs-at-import", told))
    for attempt in report.attempts.network[:1]:
        found.append(make_finding("network-attempt", what=attempt.what))
    found += (one for one in outside if one not in found)
    return list(without_needed(found))


def without_needed(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, of which none says that a package may be absent where another says that it is
    needed.
    """
    needed = {one.facts.get("package") for one in found if one.code == "package-missing"}
    needed |= {_package(one) for one in found if one.code == "module-missing"}
    kept = []
    for one in found:
        if one.code == "packages-absent":
            names = [each for each in one.facts["packages"].split(", ") if each not in needed]
            if not names:
                continue
            one = make_finding(one.code, one.facts, packages=", ".join(names))
        kept.append(one)
    return tuple(kept)


def _package(finding: Finding) -> str:
    return finding.facts["module"].partition("/")[0]


def _elsewhere(report: LoadReport, entry: str, function: str) -> Finding:
    """The finding about an entry that is not where it belongs: often one folder too high was handed
    in, or several versions.
    """
    found = report.entry
    folder, _, name = found.rpartition("/")
    facts: dict[str, object] = {"entry": entry, "function": function, "found": found}
    if report.others:
        text = " It is in {others}, too: which version counts is for a person to decide."
        facts["others"] = Sentence(text, {"others": ", ".join(report.others[:3])})
    if name != entry:
        return make_finding("entry-elsewhere", facts)
    cure = Sentence(
        "Have {entry} at the top of what you hand in, with all files that it opens at their places "
        "beside it. Where the folder {folder} holds all of them, hand in {folder} itself; also "
        "where you try it: `grade --self-check {folder}`.",
        {"folder": folder, "entry": entry},
    )
    return make_finding("entry-elsewhere", {**facts, "cure": cure})


def _failure(
    report: LoadReport,
    error: Failure,
    assignment: Assignment,
    device: str,
    runtimes: Mapping[str, Container[str]],
) -> Finding:
    """The finding that tells best what the exception means; the most telling fact decides."""
    entry, function = assignment.interface.entry, assignment.interface.function
    place = {**error.place, "file": error.file or report.entry or entry}
    severity = Severity.WARNING if report.stopped else Severity.ERROR
    cured = cure(error, assignment.interface, AT_IMPORT)
    if error.time_limit:
        code = "trains-at-import" if report.attempts.trains else "timeout-import"
        seconds = f"{assignment.limits.import_:g}"
        return make_finding(code, place, severity=severity, seconds=seconds, entry=entry)
    if (missing := not_there(error, place, entry, runtimes, severity)) and cured is None:
        return missing
    if error.device:
        return make_finding(
            "device-refused",
            place,
            severity=severity,
            asked=error.device,
            device=device,
            error=error.summary,
        )
    if error.missing_path and cured is None:
        if error.reads_dataset:
            facts = {**place, **_before_it_trained(error)}
            return make_finding(
                "dataset-at-import", facts, severity=severity, path=error.missing_path
            )
        return make_finding(
            "weights-missing",
            {**place, **what_to_write(error)},
            severity=severity,
            path=error.missing_path,
            found=elsewhere(error),
            entry=entry,
        )
    if report.stopped:
        return make_finding("import-stopped", place, error=error.summary, function=function)
    facts = place if cured is None else {**place, "cure": cured}
    file = report.entry or entry
    module = PurePosixPath(file).stem
    return make_finding("import-failed", facts, entry=file, module=module, error=error.summary)


def _before_it_trained(error: Failure) -> dict[str, object]:
    """Why a data set is read where code trains only if its weights are not there."""
    path = {"path": error.absent_weights}
    if not error.absent_weights:
        return {}
    told = Sentence(" The weights {path}, which the code names, are not there either.", path)
    cure = Sentence(
        "Hand in the weights as {path}, large and small letters and each sign of the name alike: "
        "code that finds none goes on to train, and reads a data set for it.",
        path,
    )
    if error.like_weights:
        cure = Sentence(
            "The weights were handed in as {found}; the code looks for {path}: name one like the "
            "other. Code that finds none goes on to train, and reads a data set for it.",
            {**path, "found": error.like_weights},
        )
    return {"weights": told, "cure": cure}


def not_there(
    error: Failure,
    place: Mapping[str, object],
    entry: str,
    runtimes: Mapping[str, Container[str]],
    severity: Severity = Severity.ERROR,
) -> Finding | None:
    """The finding about a package, or a module of the student's own, that the exception missed."""
    name = error.missing_package
    if own := error.missing_module or (name if is_own(name) or error.like_module else ""):
        module = own.replace(".", "/")
        if error.like_module:
            facts = {"found": error.like_module, "module": module, "file": error.file}
            text = "{found} was handed in: let it be {module}.py, seen from {file}."
            place = {**place, "cure": Sentence(text, facts)}
        return make_finding("module-missing", place, severity=severity, module=module, entry=entry)
    if not name:
        return None
    lacking = [runtime for runtime, modules in runtimes.items() if name not in modules]
    return make_finding(
        "package-missing",
        place,
        severity=severity,
        package=name,
        runtimes=", ".join(lacking) or Sentence("the one in use"),
        entry=entry,
    )


def to_lend(report: LoadReport, assignment: Assignment) -> dict[str, str] | None:
    """The path that the code asked for and the file of the submission to lend there, where the
    assignment allows that and it may help.
    """
    error = report.error
    if error is None or report.function or "weights-path" not in assignment.interface.repair:
        return None
    found = error.found_elsewhere
    return {error.missing_path: found} if error.missing_path and found else None


def lending(report: LoadReport, assignment: Assignment) -> Finding:
    """The finding that says that weights were lent: a warning, since the submission then runs."""
    error = report.error or Failure()
    return make_finding(
        "weights-missing",
        severity=Severity.WARNING,
        path=error.missing_path,
        file=error.file,
        line=error.line,
        found=Sentence("→ {file}: lent to it there.", {"file": error.found_elsewhere}),
        entry=assignment.interface.entry,
    )


def what_to_write(error: Failure) -> dict[str, object]:
    """What to write for a path that is not there, where the file was handed in at another, or may
    be in an archive.
    """
    if error.closed_archive:
        text = (
            "{archive} was handed in as it is: what lies beside code is not unpacked. If the file "
            "is in it, hand it in unpacked, at the place where the code looks for it."
        )
        return {"cure": Sentence(text, {"archive": error.closed_archive})}
    if not error.found_elsewhere:
        return {}
    facts = {"found": error.found_elsewhere}
    return {"cure": Sentence("The file was handed in as {found}: write '{found}'.", facts)}


def elsewhere(error: Failure) -> str:
    """Where in the submission a file of that name lies, as a sentence; empty if nowhere."""
    return f"→ {error.found_elsewhere}" if error.found_elsewhere else ""
