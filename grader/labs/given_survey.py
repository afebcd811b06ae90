"""What can be said of what students of a lab get: whether anything hidden is among it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.assignment import Assignment
from grader.examine.images import SUFFIXES
from grader.labs.hand_out import given, kept_out
from grader.labs.image_survey import MAX_NAMED, ONE_OR_TWO, Line, listed
from grader.labs.leaks import Leak, compare
from grader.language import Sentence


def given_away(assignment: Assignment) -> Iterator[Line]:
    """All that is hidden and that students would get, but for image files that look like hidden
    images: those are told with the images.
    """
    for path in kept_out(assignment)[:MAX_NAMED]:
        facts = {"path": path.relative_to(assignment.home).as_posix()}
        yield Line(
            False,
            Sentence("{path} is hidden, and lies in a folder that students get", facts),
            Sentence(
                "Move it out of public/, starter/ and provided/; provided/ also lies under every "
                "submission."
            ),
        )
    compared = compare(assignment, given(assignment))
    if compared.closed:
        facts = {"names": listed(compared.closed)}
        yield Line(
            None,
            Sentence(
                "{names}: students get it, and whether anything hidden is in it was not looked "
                "into",
                facts,
            ),
        )
    for leak in [one for one in compared.leaks if not _told(one, assignment)][:MAX_NAMED]:
        facts = {"path": leak.given, "hidden": "/".join(leak.hidden.parts[-3:])}
        text = Sentence("{path} looks like the hidden {hidden}, and students get it", facts)
        if leak.exact:
            text = Sentence("{path} is the hidden {hidden}, and students get it", facts)
            yield Line(False, text, Sentence("Take it out of one of both."))
        else:
            yield Line(None, text, ONE_OR_TWO)


def _told(leak: Leak, assignment: Assignment) -> bool:
    image = Path(leak.given).suffix.lower() in SUFFIXES
    return leak.plain and image and leak.hidden.is_relative_to(assignment.hidden)
