"""Where a submission comes from: whose it is, by which key, and when it was handed in."""

from __future__ import annotations

from pydantic import Field

from grader.evidence.document import Document


class Submitter(Document):
    """One person who handed in, as the platform and the roster know them; any part may be ""."""

    name: str = ""  # as the platform has it
    number: str = ""  # the student number
    key: str = ""  # the platform's own key of the person, as text: Canvas's user id, …
    login: str = ""  # the user name there
    email: str = ""  # "" where the platform gives none


class Origin(Document):
    """What the platform, or the folder that the teacher laid, says of a submission.

    Nothing of it was chosen by the student but `hints`, which decide nothing.
    """

    platform: str = ""  # a module of `grader.platforms`; "" for what was laid by hand
    submitters: tuple[Submitter, ...] = ()  # a group has several: one row for each
    upload: str = ""  # the platform's key of this upload, where it has one
    time: str = ""  # ISO 8601 without a zone, as the platform wrote it; "" where it does not say
    late: bool = False  # by the platform's own word
    contested: str = ""  # a number that another submission claims as well: nobody's till decided
    hints: tuple[str, ...] = ()  # others' numbers that stand in names that the student chose

    def person(self, submitter: Submitter) -> str:
        """What is the same for all submissions of one person: "number:3210000001",
        "canvas:4211"; "" where nothing is sure enough to put two submissions together.
        """
        if submitter.number:
            return f"number:{submitter.number}"
        return f"{self.platform}:{submitter.key}" if self.platform and submitter.key else ""


class Roster(Document):
    """The students of a course, in the roster's order."""

    file: str = ""  # its name
    people: tuple[Submitter, ...] = ()  # all students of the course
    platform: str = ""  # whose keys they have; "" for none
    # A group's name -> its members' places in `people`.
    groups: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    columns: tuple[str, ...] = ()  # the headings as they stand in the file
    # Of a grade file that wants its own words back, in the language of its site: a part of it
    # ("grade", "feedback", …) -> its heading, and "before" -> what stands before each key.
    words: dict[str, str] = Field(default_factory=dict)
    changed: tuple[str, ...] = ()  # of each person, when the platform says the mark was changed
