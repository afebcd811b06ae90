"""The assignment's checks, tried before the class: what can't run is refused, oddities are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console

from grader.assignment import Assignment
from grader.checks import reference, trial
from grader.checks.pytest_run import files_of
from grader.cli.main import UsageError, unusable
from grader.examine.images import HiddenSet
from grader.examine.network_reference import Benches, evaluated
from grader.language import Sentence, TroubleError, translator
from grader.report.text import for_rich
from grader.runtimes.choose import RuntimeMissingError
from grader.runtimes.detect import Runtime
from grader.sandbox.contract import Sandbox, SandboxUnavailableError


def require_sound(
    assignment: Assignment,
    hidden: HiddenSet,
    sandbox: Sandbox,
    runtimes: Sequence[Runtime],
    console: Console,
    language: str,
) -> float | None:
    """Run the references of the networks that are asked for, and try the checks with the model
    answer, where there are any. Gives back the marks of all checks together; None where they could
    not be tried.

    Raises UsageError with file and line of each check that can't run, or that the assignment's own
    model answer does not pass.
    """
    _require_references(Benches(assignment, sandbox, runtimes), console, language)
    if not files_of(assignment.home):
        return 0
    say, truths = translator(language), {image.id: image.truth for image in hidden.images}
    try:
        with console.status(say("Trying the checks with the reference …")):
            benches = trial.benches(assignment, sandbox, runtimes)
            trials = [trial.tried(bench, truths) for bench in benches]
    except (SandboxUnavailableError, RuntimeMissingError) as error:
        raise unusable(error) from None
    own = reference.own(assignment) is not None
    unfit = _lines(([*one.unfit, *(one.failed if own else ())] for one in trials), language)
    if unfit:
        raise UsageError(
            Sentence(
                "the checks of {home} were tried with the reference and can't be used:\n{lines}\n"
                "Mend what is named and run the same command again; no submission was graded.",
                {"home": str(assignment.home), "lines": "\n".join(unfit)},
            )
        )
    if failed := _lines((one.failed for one in trials), language):
        text = say(
            "The reference does not pass these checks: either they ask for another network than "
            "the lecture's LeNet5, or they are wrong. A model answer of your own in {folder} is "
            "tried instead."
        ).format(folder=assignment.home / reference.FOLDER)
        _warn(console, "\n".join([text, *failed]))
    if left_out := dict.fromkeys(name for one in trials for name in one.left_out):
        text = say(
            "These checks carry marks and are about what the assignment does not ask for "
            "(interface.lenet5, interface.dataset): they are left out, and so are their marks."
        )
        _warn(console, "\n".join([text, *left_out]))
    return trial.points_of(trials)


def _require_references(benches: Benches, console: Console, language: str) -> None:
    """The teacher's networks, run once for all of the class. Raises UsageError."""
    for asked in benches.assignment.networks:
        if asked.reference:
            try:
                with console.status(translator(language)("Running the reference networks …")):
                    evaluated(asked, benches)
            except TroubleError as error:
                raise unusable(error) from None


def _lines(of_trials: Iterable[Sequence[trial.TrialFault]], language: str) -> list[str]:
    """Each thing that is told in a line, once whatever number of runtimes say it."""
    return list(dict.fromkeys(f"  {told.said_in(language)}" for one in of_trials for told in one))


def _warn(console: Console, text: str) -> None:
    console.print(f"[yellow]![/] {for_rich(text)}", highlight=False)
