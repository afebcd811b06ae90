"""The pytest plug-in: fixtures that stand for a submission, the marker `points`, `--submission`.

``pytest hidden_tests --submission PATH`` runs an assignment's checks against one submission, for a
teacher who writes a check; `grader.checks.verdicts` runs them for the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the plug-in is loaded in every run of pytest: it must not cost anything there
    from grader.checks.network_subject import NetworkSubjects
    from grader.checks.subjects import (
        ClassifierSubject,
        DatasetSubject,
        LeNet5Subject,
        SubmissionSubject,
    )
    from grader.evidence import Answer
    from grader.examine.session import Session

SESSION: pytest.StashKey[Session] = pytest.StashKey()
ANSWERS: pytest.StashKey[Mapping[str, Answer]] = pytest.StashKey()
DIGEST: pytest.StashKey[str] = pytest.StashKey()  # of the submission that `--submission` names


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--submission` and `--device`."""
    group = parser.getgroup("grader", "checks of submissions")
    group.addoption("--submission", type=Path, help="submission that the checks are run against")
    group.addoption("--submission-device", default="CPU", help="CPU, GPU or Ascend")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker `points`."""
    config.addinivalue_line("markers", "points(n): marks that the check carries; 0 without it")


@pytest.fixture(scope="session")
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """The conversation with the submission's worker."""
    given = request.config.stash.get(SESSION, None)
    if given is not None:
        yield given
        return
    path = request.config.getoption("--submission")
    if path is None:
        pytest.skip("checks need a submission: pytest hidden_tests --submission PATH")
    with _opened(request.config, path) as opened:
        yield opened


@contextmanager
def _opened(config: pytest.Config, path: Path) -> Iterator[Session]:
    from grader.assignment import FILE_NAME
    from grader.examine.prepare import open_session

    # A file of the assignment or one check in it may be named, too.
    named = Path(config.args[0].partition("::")[0]).resolve()
    homes = (each for each in (named, *named.parents) if (each / FILE_NAME).is_file())
    home, device = next(homes, named), config.getoption("--submission-device")
    with open_session(path, home, device) as (one, digest):
        config.stash[DIGEST] = digest
        yield one


@pytest.fixture(scope="session")
def submission(session: Session) -> SubmissionSubject:
    """The whole submission."""
    from grader.checks.subjects import SubmissionSubject

    return SubmissionSubject(session)


@pytest.fixture(scope="session")
def lenet5(submission: SubmissionSubject) -> LeNet5Subject:
    """The submission's LeNet5; a check that asks for it is skipped where there is none."""
    from grader.assignment import lenet5 as asked_lenet5
    from grader.checks.subjects import NO_LENET5, LeNet5Subject

    report = submission.lenet5
    if not report.found:
        pytest.skip(NO_LENET5.in_lines())
    asked = asked_lenet5(submission.session.setup.assignment.interface.lenet5)
    return LeNet5Subject(submission.session, asked, report)


@pytest.fixture(scope="session")
def networks(session: Session) -> NetworkSubjects:
    """The networks of the assignment's `[[networks]]`, by name; a check that uses them where there
    are none is left out.
    """
    from grader.checks.network_subject import NONE_ASKED, NetworkSubjects
    from grader.checks.subjects import NotAskedError

    if not session.setup.assignment.networks:
        raise NotAskedError(NONE_ASKED)
    return NetworkSubjects(session)


@pytest.fixture(scope="session")
def dataset(submission: SubmissionSubject) -> DatasetSubject:
    """The submission's data set for LeNet5; a check that uses it where the assignment asks for none
    is left out.
    """
    from grader.checks.subjects import DatasetSubject, NotAskedError

    if not submission.session.setup.assignment.interface.dataset:
        raise NotAskedError("the assignment asks for no data set: interface.dataset")
    return DatasetSubject(submission.session)


@pytest.fixture(scope="session")
def classifier(session: Session, request: pytest.FixtureRequest) -> ClassifierSubject:
    """What answers the hidden images, with its answers to them: those of the run, or, with
    `--submission`, those that it gives now. A check that uses it is skipped where no answer is
    valid: there is nothing that it could be about.
    """
    from grader.checks.answers import put_all
    from grader.checks.subjects import MADE_UP, NONE_VALID, ClassifierSubject

    stash = request.config.stash
    if (digest := stash.get(DIGEST, None)) is not None:
        stash[ANSWERS] = put_all(session, digest)
    answers = stash.get(ANSWERS, {})
    if not any(one.answer for one in answers.values()):
        pytest.skip(NONE_VALID.in_lines())
    if session.setup.made_up:
        pytest.skip(MADE_UP.in_lines())
    return ClassifierSubject(session, answers)


@pytest.fixture(scope="session")
def garbage(classifier: ClassifierSubject) -> ClassifierSubject:
    """The fixture `classifier` by the name that it has in the garbage lab."""
    return classifier
