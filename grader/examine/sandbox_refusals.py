"""What a submission needs and this level of the sandbox refuses: no fault of the submission's."""

from __future__ import annotations

from grader.examine.replies import Failure
from grader.language import Sentence
from grader.sandbox.contract import Level, SandboxUnavailableError


class NeedsStrongError(SandboxUnavailableError):
    """The submission does what level basic refuses and level strong allows."""

    def __init__(self, error: str) -> None:
        super().__init__(
            Sentence(
                "It needs level strong: level basic lets no submission start processes or open "
                "sockets ({error}).",
                {"error": error},
            ),
            Sentence(
                "Make level strong work (grade doctor says how), then run the same command again."
            ),
        )


def require_allowed(failure: Failure | None, level: Level) -> None:
    """Raise NeedsStrongError where an exception comes of what only level basic refuses.

    A submission that claims so falsely gains nothing: it has no mark, staff see why, and what it
    answered before counts.
    """
    if failure is not None and failure.refused and level is Level.BASIC:
        raise NeedsStrongError(failure.told)
