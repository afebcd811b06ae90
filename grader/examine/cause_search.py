"""What is behind answers that cost points: asked only where points were lost, in workers that are
started for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.evidence import Answer
from grader.examine.altered_network import Departure, depart
from grader.examine.clock import Clock
from grader.examine.diagnosis import nondeterministic
from grader.examine.follow_up import FollowUp
from grader.examine.images import HiddenImage
from grader.examine.normalisation_fit import favoured
from grader.examine.observing import Observed, observe
from grader.examine.public_images import PublicAnswers, ask_public, public_folders
from grader.examine.remedies import remedies
from grader.examine.replaying import TIMES_THE_ANSWERS, ConfirmedRemedy, Replayer
from grader.examine.replies import LoadReport
from grader.examine.session import Session
from grader.examine.taken_class import taken_otherwise
from grader.scoring.counts import better_than_guessing, needed

MIN_IMAGES = 16  # images by which a change can be confirmed
SHARE_OF_REPLAYS = 0.6  # of the time that looking on leaves, where public images may be asked, too
NEARLY_ALL = 0.95  # of the answers, that count as all


class CauseSearch(NamedTuple):
    """What was seen, what the replays confirmed of `tried` changes, and what public images tell
    where they confirmed none. departs: where the network is no longer the one that was trained.
    """

    looked: Observed = Observed()
    mended: tuple[ConfirmedRemedy, ...] = ()
    tried: int = 0
    constant: bool = False
    public: PublicAnswers = PublicAnswers()
    departs: Departure | None = None


def look_behind(
    session: Session,
    order: Sequence[HiddenImage],
    answers: Mapping[str, Answer],
    asked: FollowUp,
    report: LoadReport,
    clock: Clock,
) -> CauseSearch:
    """Look on at images of ours, then try what may be wrong. Nothing where nothing was lost, or
    where no network can be behind it.
    """
    if not _worth_it(session, answers, asked, report):
        return CauseSearch()
    took = session.load_seconds + sum(answer.seconds for answer in answers.values())
    time = clock.part(TIMES_THE_ANSWERS * took)
    session.close()
    looked = observe(session, order, time)
    constant = _constant(list(answers.values()))
    spots = looked.spots
    if len(order) < MIN_IMAGES or not any(one.shape for one in spots) or spots[0].not_finite:
        return CauseSearch(looked, constant=constant)
    if any(one.norms for one in spots):
        session.close()  # images of ours have left their traces in a network in training mode
    asks_public = bool(public_folders(session.setup.assignment))
    departs = depart(session, order, looked.layers, time) if looked.layers else None
    replays = time.part(SHARE_OF_REPLAYS * time.left) if asks_public else time
    replayer = Replayer(session, order, answers, replays)
    first = spots[0]
    by_chance = nondeterministic(list(answers.values()), asked.again) is not None
    taken = [] if by_chance else taken_otherwise(looked, constant)
    tried = remedies(looked.prepared, first.norms, first.drops)
    if departs is not None and departs.input_fits:
        tried = [each for each in tried if each.shown]  # others may help by chance
    mended = replayer.mended_by([*taken, *favoured(tried, looked.prepared, looked.stored)])
    public = PublicAnswers() if mended else ask_public(session, time)
    return CauseSearch(looked, tuple(mended), replayer.tried, constant, public, departs)


def _worth_it(
    session: Session, answers: Mapping[str, Answer], asked: FollowUp, report: LoadReport
) -> bool:
    assignment = session.setup.assignment
    total, classes = len(answers), len(assignment.classes)
    correct = sum(answer.correct for answer in answers.values())
    full = needed(assignment.policy.full_at, total)
    other = sum(word == answers[image].truth for image, word in asked.other.items())
    if correct >= full or other >= full or asked.cut:
        return False
    if not any(answer.answer is not None for answer in answers.values()):
        return False
    guessed = not better_than_guessing(correct, total, classes, assignment.policy.guessing)
    return bool(report.frameworks) or guessed


def _constant(answers: Sequence[Answer]) -> bool:
    words = Counter(answer.answer for answer in answers if answer.answer is not None)
    return bool(words) and words.most_common(1)[0][1] >= NEARLY_ALL * words.total()
