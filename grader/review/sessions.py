"""Who is in: one-time codes, and what they are exchanged for."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from unicodedata import category

TOKEN_BYTES = 32  # of a code and of a session's token: 256 bits
MAX_NAME_CHARS = 60  # characters of a name


@dataclass
class Person:
    """One browser that came in, and how who sits at it has signed."""

    name: str = ""
    open: int = field(default=0, repr=False)  # streams that it holds


class Sessions:
    """Codes that let in once, and the persons whom they let in. Kept in memory only, and only as
    digests: neither a dump of it nor a comparison's time gives a code away.
    """

    def __init__(self) -> None:
        self._codes: set[bytes] = set()
        self._people: dict[bytes, Person] = {}

    def invite(self) -> str:
        """A new code. Whoever has it comes in once."""
        code = secrets.token_urlsafe(TOKEN_BYTES)
        self._codes.add(_digest(code))
        return code

    def enter(self, code: str, name: str = "") -> str | None:
        """The token of a new session for a code, which is used up; None where it lets nobody in."""
        digest = _digest(code)
        if digest not in self._codes:
            return None
        self._codes.remove(digest)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._people[_digest(token)] = Person(signed(name))
        return token

    def person(self, token: str) -> Person | None:
        """Who has this token."""
        return self._people.get(_digest(token))


def signed(name: str) -> str:
    """A name as it is kept: one line of what can be seen; "" where nothing tells who it is."""
    seen = "".join(char for char in name if char.isspace() or not category(char).startswith("C"))
    kept = " ".join(seen.split())[:MAX_NAME_CHARS].rstrip()
    return kept if any(map(str.isalnum, kept)) else ""


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
