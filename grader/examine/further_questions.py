"""Asking more where it can explain a score, and saying what the answers show."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from types import MappingProxyType

from grader.assignment import Assignment
from grader.evidence import Answer, Curve, Finding, Problem
from grader.evidence.findings import make_finding
from grader.examine import causes, diagnosis
from grader.examine.cause_search import MIN_IMAGES, CauseSearch
from grader.examine.class_names import Vocabulary
from grader.examine.follow_up import FollowUp
from grader.examine.hint_rules import IN_CALL
from grader.examine.hints import cure, cure_of_names
from grader.examine.images import HiddenImage
from grader.examine.label_order import label_order
from grader.examine.loading import elsewhere, not_there, what_to_write
from grader.examine.predicting import EndReason, Predictions
from grader.examine.replies import Failure, LoadReport
from grader.examine.weakness import weak
from grader.language import Sentence
from grader.sandbox.contract import Cause, End, SandboxLimits
from grader.scoring.counts import better_than_guessing, needed

NO_RUNTIME: Mapping[str, Container[str]] = MappingProxyType({})

_WEIGHTS = (".ckpt", ".pth", ".pt", ".h5", ".keras", ".mindir", ".npz", ".safetensors", ".weights")


def why_stopped(predictions: Predictions, assignment: Assignment) -> list[Finding]:
    """What kept images from their turn, where any had none, and how many those are."""
    if predictions.stopped is None:
        return []
    answers = list(predictions.answers.values())
    waiting = diagnosis.problems(answers, Problem.NOT_ASKED)
    facts = {
        "count": len(waiting),
        "total": len(answers),
        "function": assignment.interface.function,
    }
    limits = assignment.limits
    if predictions.stopped is EndReason.TIME:
        return [make_finding("timeout-total", facts, seconds=f"{limits.total:g}")]
    why = Sentence("it could not be imported once more")
    if predictions.stopped is EndReason.RESTARTS and not limits.restarts:
        why = Sentence("its process hung or ended, and it is not started anew")
    elif predictions.stopped is EndReason.RESTARTS:
        starts = {"starts": str(limits.restarts + 1), "restarts": str(limits.restarts)}
        why = Sentence(
            "its process hung or ended {starts} times, and it is started anew {restarts} times",
            starts,
        )
    ended = [] if predictions.end is None else [_ended(predictions, predictions.end, assignment)]
    return [*ended, make_finding("not-asked", facts, why=why)]


def answer_findings(
    predictions: Predictions,
    assignment: Assignment,
    tried: Mapping[str, Container[str]] = NO_RUNTIME,
) -> list[Finding]:
    """What the answers show by themselves, the most telling first. `tried`: the runtimes in which a
    package was looked for, with the packages of each.
    """
    answers = list(predictions.answers.values())
    function = assignment.interface.function
    lost = (Problem.TIMEOUT, Problem.MEMORY, Problem.CRASHED)
    rules: list[Callable[[], Finding | None]] = [
        lambda: _raised(predictions, assignment, tried),
        lambda: _wrong_type(answers, function),
        lambda: _unknown(predictions, Vocabulary(assignment.classes)),
        lambda: diagnosis.constant(answers),
        lambda: diagnosis.slow(answers, function, assignment.limits.answer),
    ]
    end = predictions.end if any(answer.problem in lost for answer in answers) else None
    if predictions.stopped is None and end is not None:
        rules.append(lambda: _ended(predictions, end, assignment))
    return [finding for rule in rules if (finding := rule()) is not None]


def stopped_by(predictions: Predictions, assignment: Assignment) -> str:
    """The code of the finding that kept hidden images from a valid answer altogether, or from their
    turn; "" where none did. With it the status stands.
    """
    stopped = why_stopped(predictions, assignment)
    if stopped:
        return stopped[0].code
    if any(answer.answer is not None for answer in predictions.answers.values()):
        return ""
    shown = answer_findings(predictions, assignment)
    return shown[0].code if shown else ""  # no working function


def _ended(predictions: Predictions, end: End, assignment: Assignment) -> Finding:
    """How a worker ended by which an image was lost."""
    answers = list(predictions.answers.values())
    limits, function = assignment.limits, assignment.interface.function
    when = Sentence("in {function}", {"function": function})
    if end.cause is Cause.TIME:
        hung = len(diagnosis.problems(answers, Problem.TIMEOUT))
        waiting = len(diagnosis.problems(answers, Problem.NOT_ASKED))
        first = hung + waiting == len(answers)
        return make_finding(
            "timeout-predict",
            _where_it_hung(predictions.hung),
            function=function,
            seconds=f"{limits.first_answer if first else limits.answer:g}",
            count=hung,
            total=len(answers),
        )
    if end.cause is Cause.MEMORY:
        return make_finding("out-of-memory", memory=limits.memory, when=when)
    return process_ended(end, when)


def process_ended(end: End, when: Sentence) -> Finding:
    """That the process of the submission ended, by itself or at a limit other than of memory."""
    facts: dict[str, object] = {"detail": end_in_words(end), "when": when}
    if end.cause is Cause.OUTPUT:
        limit = {"limit": str(SandboxLimits().output)}
        text = "the grader ended it, as it printed more than {limit} MiB at once"
        facts["detail"] = Sentence(text, limit)
        facts["cure"] = Sentence("Print less: no whole images or arrays.")
    elif end.cause is Cause.SCRATCH:
        facts["detail"] = Sentence("the grader ended it, as it filled its working folder")
        facts["cure"] = Sentence("Write fewer and smaller files, and none for each image.")
    return make_finding("crashed", facts)


def _where_it_hung(place: Failure | None) -> dict[str, object]:
    if place is None or not place.file:
        return {}
    text = " Asked about a picture of the grader's, it was at {file}, line {line} by then."
    facts = {"file": place.file, "line": str(place.line)}
    return {**place.place, "where": Sentence(text, facts)}


def behind_answers(
    predictions: Predictions,
    order: Sequence[HiddenImage],
    asked: FollowUp,
    report: LoadReport,
    assignment: Assignment,
    behind: CauseSearch,
) -> list[Finding]:
    """What only more questions could tell: another order of channels, chance in the answers,
    another order of labels. What is behind answers that cost points, and what the numbers behind
    answers no better than guessing tell.
    """
    answers = [predictions.answers[image.id] for image in order]
    function = assignment.interface.function
    found = [
        diagnosis.state_between_calls(answers, asked.alone, function),
        diagnosis.nondeterministic(answers, asked.again),
    ]
    if any(answer.answer is not None for answer in answers):
        found.append(label_order(answers, assignment.classes))
        found.append(diagnosis.channel_order(answers, asked.other, assignment))
    kept = [each for each in found if each]
    kept += causes.seen(behind.looked, behind.constant)
    kept += causes.confirmed(behind.mended, behind.looked, assignment)
    if [each.code for each in kept] == ["nondeterministic"]:
        kept += filter(None, [causes.by_chance(behind.looked)])
    if len(order) < MIN_IMAGES:
        kept += filter(None, [causes.in_training(behind.looked)])
    if no_better_than_guessing(predictions, assignment):
        kept += filter(None, [_unloaded(report, asked, behind)])
    if not kept:
        kept += filter(None, [causes.altered(behind.departs, behind.looked)])
    return (
        [*kept, make_finding("not-diagnosed", function=assignment.interface.function)]
        if asked.cut
        else kept
    )


def _unloaded(report: LoadReport, asked: FollowUp, behind: CauseSearch) -> Finding | None:
    """`weights-not-loaded` where that is evidenced: numbers that hardly differ are no evidence
    against a network whose normalisations have learned.
    """
    if causes.never_trained(behind.looked):
        reason = Sentence("the statistics of its normalisations are still those it was built with")
        return weights_not_loaded(report) or make_finding("weights-not-loaded", reason=reason)
    return weights_not_loaded(report) or (
        None if causes.trained(behind.looked) else diagnosis.near_uniform(asked.outputs)
    )


def at_the_output(findings: Sequence[Finding], asked: FollowUp) -> list[Finding]:
    """The findings; for answers that are all one, with what the numbers behind them say."""
    if any(finding.code == "weights-not-loaded" for finding in findings):
        return list(findings)
    return [
        diagnosis.lost_after_the_network(each, asked.outputs)
        if each.code == "constant-answers"
        else each
        for each in findings
    ]


def where_nothing_explains(
    predictions: Predictions, behind: CauseSearch, curves: Sequence[Curve]
) -> list[Finding]:
    """What is left to say where no cause was found."""
    answers = list(predictions.answers.values())
    return [*filter(None, [weak(behind.looked, behind.tried, answers, behind.public, curves)])]


def end_in_words(end: End) -> str:
    """How a process ended, for the student."""
    return f"{end.cause.value}: {end.detail}" if end.detail else end.cause.value


def has_full_marks(answers: Sequence[Answer], assignment: Assignment) -> bool:
    """Whether that many right answers are worth all points, whatever else there is."""
    correct = sum(answer.correct for answer in answers)
    return correct >= needed(assignment.policy.full_at, len(answers))


def no_better_than_guessing(predictions: Predictions, assignment: Assignment) -> bool:
    """Whether the answers look guessed, by the rule of the policy."""
    answers = list(predictions.answers.values())
    correct, classes = sum(answer.correct for answer in answers), len(assignment.classes)
    return not better_than_guessing(correct, len(answers), classes, assignment.policy.guessing)


def weights_not_loaded(report: LoadReport) -> Finding | None:
    """`weights-not-loaded` where the import left parameters without a value or looked in vain for
    a file. For answers no better than guessing.
    """
    for attempt in report.attempts.unloaded[:1]:
        facts = {name: str(value) for name, value in attempt.model_dump().items()}
        told = Sentence("{count} of {total} parameters, such as {name}", facts)
        if attempt.file:
            told = Sentence(
                "{count} of {total} parameters, such as {name} ({file}, line {line})", facts
            )
        cured = cure_of_names(attempt)
        return make_finding("weights-not-loaded", {"cure": cured} if cured else {}, reason=told)
    weights = [path for path in report.attempts.missing if path.lower().endswith(_WEIGHTS)]
    if weights:
        return make_finding(
            "weights-not-loaded", reason=Sentence("{path} is not there", {"path": weights[0]})
        )
    return None


def _raised(
    predictions: Predictions, assignment: Assignment, tried: Mapping[str, Container[str]]
) -> Finding | None:
    raised = diagnosis.problems(list(predictions.answers.values()), Problem.RAISED)
    if not raised:
        return None
    error, interface = predictions.error, assignment.interface
    facts: dict[str, object] = {"count": len(raised), "total": len(predictions.answers)}
    cured = cure(error, interface, IN_CALL) if error is not None else None
    if cured is not None:
        facts["cure"] = cured
    elif error is not None and (absent := not_there(error, error.place, interface.entry, tried)):
        return absent
    elif error is not None and error.missing_path and len(raised) == len(predictions.answers):
        return make_finding(
            "weights-missing",
            what_to_write(error),
            path=error.missing_path,
            file=error.file,
            line=error.line,
            source=error.source,
            found=elsewhere(error),
            entry=interface.entry,
        )
    return make_finding(
        "predict-failed",
        facts,
        function=interface.function,
        error=error.summary if error else raised[0].said,
        file=(error and error.file) or interface.entry,
        line=(error and error.line) or "?",
        source=error.source if error else "",
        channels=interface.channels,
    )


def _wrong_type(answers: Sequence[Answer], function: str) -> Finding | None:
    wrong = diagnosis.problems(answers, Problem.WRONG_TYPE)
    if not wrong:
        return None
    said = next((answer.said for answer in wrong if answer.said), None)
    facts: dict[str, object] = {"count": len(wrong), "total": len(answers)}
    if mended := returned_instead(said, function):
        facts["cure"] = mended
    return make_finding(
        "wrong-return-type", facts, said=said or Sentence("another type"), function=function
    )


def returned_instead(said: str | None, function: str) -> Sentence | None:
    """What mends an answer that is no word, where it shows what was forgotten."""
    if said == "None":
        return Sentence(
            "{function} ended without `return`, at least on one way through it: end every way by "
            "returning the name. What is printed is no answer.",
            {"function": function},
        )
    if said == "coroutine object":
        facts = {"function": function}
        return Sentence(
            "Write `def {function}`, without `async`: it is called, not awaited.", facts
        )
    if said == "generator object":
        return Sentence(
            "A function with `yield` in it hands out a generator: end {function} by "
            "`return` and the name.",
            {"function": function},
        )
    if said and said.startswith(("tuple of", "list of")) and "str" in said.split(":")[0]:
        return Sentence("Return the name alone, without what stands beside or around it.")
    return None


def _unknown(predictions: Predictions, vocabulary: Vocabulary) -> Finding | None:
    answers = list(predictions.answers.values())
    unknown = diagnosis.problems(answers, Problem.UNKNOWN_CLASS)
    if not unknown:
        return None
    words = sorted({answer.said for answer in unknown if answer.said})
    said = next((word for word in words if vocabulary.nearest(word)), None)
    shown: Sentence | str = said or next(iter(words), Sentence("another word"))
    groups, other_lab = predictions.groups, predictions.other_lab
    if groups if groups is not None else names_groups(answers, vocabulary):
        return make_finding("group-answers", said=shown, count=len(unknown), total=len(answers))
    if other_lab if other_lab is not None else is_of_another_lab(answers, vocabulary):
        return make_finding("other-classes", said=shown)
    near = vocabulary.nearest(said) if said else None
    nearest = Sentence(" (nearest: '{name}')", {"name": near}) if near else ""
    return make_finding(
        "unknown-class", count=len(unknown), total=len(answers), said=shown, nearest=nearest
    )


def names_groups(answers: Sequence[Answer], vocabulary: Vocabulary) -> bool:
    """Whether all answers that are no class of this lab name a group of its classes."""
    unknown = diagnosis.problems(answers, Problem.UNKNOWN_CLASS)
    return bool(unknown) and all(vocabulary.is_group(answer.said) for answer in unknown)


def is_of_another_lab(answers: Sequence[Answer], vocabulary: Vocabulary) -> bool:
    """Whether all answers are words, of several, most of which are like no class of this lab and no
    number of one.
    """
    words = sorted({answer.said for answer in diagnosis.problems(answers, Problem.UNKNOWN_CLASS)})
    likely = [word for word in words if vocabulary.nearest(word)]
    foreign = (
        not names_groups(answers, vocabulary)
        and len(words) > 1
        and 2 * len(likely) < len(words)
        and 2 * sum(any(map(str.isdecimal, word)) for word in words) < len(words)
    )
    return foreign and all(answer.problem is Problem.UNKNOWN_CLASS for answer in answers)
