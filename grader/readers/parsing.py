"""What a member of an archive is to all formats, and what becomes of a parser's exceptions.

Every way in which a parser fails on hostile bytes becomes an ArchiveRefusedError; faults of this
machine (its disk, say) stay what they are.
"""

from __future__ import annotations

import errno
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import NamedTuple

from grader.readers.notices import ArchiveRefusedError, FormatUnknownError, refuse


class MemberType(Enum):
    """What a member is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SPECIAL = "special"  # device, pipe, socket


class ArchiveMember(NamedTuple):
    """One entry of an archive: name as text, unchecked; size in bytes, as declared."""

    name: str
    type: MemberType
    size: int


# A member with a function that yields its bytes; to be called before the next member is taken.
Entry = tuple[ArchiveMember, Callable[[], Iterator[bytes]]]


# Of an OSError: these come from nonsense offsets in the archive, all others from the machine.
_NONSENSE = (None, errno.EINVAL, errno.EOVERFLOW)


@contextmanager
def parsing() -> Iterator[None]:
    """Turns whatever a parser raises for damaged bytes into ArchiveRefusedError."""
    try:
        yield
    except (ArchiveRefusedError, FormatUnknownError):
        raise
    except MemoryError as error:
        raise refuse("it needs too much memory; make a zip instead") from error
    except OSError as error:
        if error.errno not in _NONSENSE:
            raise
        raise refuse("it is damaged or incomplete; make a new zip and upload it again") from error
    except (EOFError, tarfile.ReadError) as error:
        raise refuse("it is damaged or incomplete; make a new zip and upload it again") from error
    except Exception as error:  # parsers of hostile bytes raise whatever Python can
        raise refuse("it is damaged; make a new zip and upload it again") from error
