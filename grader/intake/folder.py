"""A folder that is filled with the files of a submission: the grader's own writing to the disk."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import IO

from grader.readers.notices import refuse
from grader.readers.paths import Parts

_CLASHES = (errno.EEXIST, errno.EISDIR, errno.ENOTDIR)
_UNWRITABLE = (errno.EILSEQ, errno.EINVAL, errno.ENAMETOOLONG)


class OutputFolder:
    """Makes folders and regular files below `into`, which nobody else writes to. Implements
    `sink.ExtractionTarget`. Raises OSError where this machine fails.
    """

    def __init__(self, into: Path) -> None:
        self._into = into
        self._made: set[Parts] = set()

    def folder(self, parts: Parts) -> None:
        """See `sink.ExtractionTarget`."""
        path = self._into.joinpath(*parts)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _clash(error, path) from error

    def file(self, parts: Parts) -> IO[bytes]:
        """See `sink.ExtractionTarget`."""
        self.folder(parts[:-1])
        path = self._into.joinpath(*parts)
        try:
            if parts in self._made:
                path.unlink()
            self._made.add(parts)
            return path.open("xb")
        except OSError as error:
            raise _clash(error, path) from error


def _clash(error: OSError, path: Path) -> Exception:
    """The refusal of two members with one name, or the error itself where it is another."""
    if error.errno in _CLASHES:
        return refuse("it holds {name} twice; make a new zip", name=path.name)
    if error.errno in _UNWRITABLE:
        return refuse("the name {name} cannot be written here", name=path.name)
    return error
