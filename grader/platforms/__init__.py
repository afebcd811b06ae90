"""Learning platforms, one module each: the names they give, the keys they know people by, the
grade files they take. Another platform is another module and a line in PLATFORMS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.platforms.blackboard import BLACKBOARD
from grader.platforms.brightspace import BRIGHTSPACE
from grader.platforms.canvas import CANVAS
from grader.platforms.folders import FOLDERS, identify, recognised
from grader.platforms.github import GITHUB
from grader.platforms.gradescope import GRADESCOPE
from grader.platforms.moodle import MOODLE
from grader.platforms.sakai import SAKAI
from grader.platforms.values import Claim, Mark, Platform, Sheet

PLATFORMS = (CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE, GRADESCOPE, SAKAI, GITHUB)


def platform_of(names: Sequence[str]) -> Platform:
    """The platform that gave a class its names: the one whose rule fits most of them, and more
    than half; FOLDERS where none does.

    It is asked for the class, not for each entry: a student can call an upload as another platform
    would, but not the uploads of all others. Where two fit equally, the one whose own mark ends
    first, since what a student chose stands behind it.
    """
    best, most = FOLDERS, (len(names) / 2, 0.0)
    for platform in PLATFORMS:
        marks = [mark for name in names if (mark := platform.marks(name))]
        if marks and (fits := (len(marks), -sum(marks) / len(marks))) > most:
            best, most = platform, fits
    return best


_CLASS = re.compile(r"[0-9一二三四五六七八九十][)）]?班")  # "高三1班", though 高 is a family's name


def is_told(name: str) -> bool:
    """Whether a name tells whose it is: it is a student's, or a platform gave it."""
    if platform_of([name]) is not FOLDERS:
        return True
    return recognised(name) and not (_CLASS.search(name) and not identify(name).number)


__all__ = [
    "BLACKBOARD",
    "BRIGHTSPACE",
    "CANVAS",
    "FOLDERS",
    "GITHUB",
    "GRADESCOPE",
    "MOODLE",
    "PLATFORMS",
    "SAKAI",
    "Claim",
    "Mark",
    "Platform",
    "Sheet",
    "is_told",
    "platform_of",
]
