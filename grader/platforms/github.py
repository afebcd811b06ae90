"""GitHub Classroom: the roster of `identifier` and `github_username`.

Rules: a clone of all repositories has one folder each, `assignment-username`; a name alone does not
tell where the assignment ends, so that the roster's user names are looked for in it. There is no
import of marks.
"""

from __future__ import annotations

from grader.platforms.folders import FOLDERS
from grader.platforms.values import Platform

GITHUB = Platform(
    name="github",
    title="GitHub Classroom",
    marks=lambda name: 0,
    read=FOLDERS.read,
    headings={
        "number": ("identifier", "roster_identifier"),
        "login": ("github_username",),
        "name": ("name",),
        "group": ("group_name",),
    },
)
