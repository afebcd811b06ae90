"""Formats of archives that this machine cannot open: what to install, or to do by hand."""

from __future__ import annotations

from importlib.util import find_spec

from grader.readers.notices import UnpackerMissingError, notice


def missing(format_: str) -> UnpackerMissingError:
    """The error for an archive in `format_`, as `FormatUnknownError` names it."""
    if format_ == "7z" and find_spec("py7zr") is None:
        return UnpackerMissingError(
            notice("the grader cannot open 7z archives: the package py7zr is not installed"),
            notice("Install it where the grader is installed: pip install py7zr"),
        )
    said = notice("the grader cannot open this archive ({format})", format=format_)
    if not _libarchive():
        return UnpackerMissingError(
            said,
            notice(
                "Install libarchive where the grader is installed (Debian, Ubuntu: apt install "
                "libarchive13; then pip install libarchive-c), and run the same command again; or "
                "unpack it by hand into a folder of the same name and take the archive away."
            ),
        )
    return UnpackerMissingError(
        said,
        notice(
            "Unpack it by hand into a folder of the same name, take the archive away, and run the "
            "same command again."
        ),
    )


def _libarchive() -> bool:
    try:
        import libarchive  # noqa: F401
    except (ImportError, OSError, AttributeError, TypeError):  # the package without its library
        return False
    return True
