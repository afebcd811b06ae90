"""A line of the list that a self-check prints."""

from __future__ import annotations

from typing import NamedTuple


class SelfCheckLine(NamedTuple):
    """One line of the checklist: whether it is fine, what it is about, what to do if not."""

    fine: bool | None  # None: worth knowing, nothing to mend
    text: str
    cure: str = ""
