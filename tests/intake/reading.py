"""Reading without a sandbox, for tests of what is read: their files are our own."""

from __future__ import annotations

from pathlib import Path

from grader.evidence import Fingerprint, Records
from grader.intake import Reading, reader_documents
from grader.readers.prints import read_prints
from grader.readers.records import read_records
from grader.runtimes.imports import ImportScan, scan_of
from grader.sandbox.unconfined import Unconfined

EACH = 100.0  # seconds for a file


def find_records(folder: Path) -> Records:
    found = reader_documents.read(reader_documents.RecordsDocument, read_records(folder, EACH))
    assert found.left_out == []
    return found.records()


def fingerprint(folder: Path) -> Fingerprint:
    found = reader_documents.read(reader_documents.PrintsDocument, read_prints(folder, EACH))
    assert found.left_out == []
    return found.fingerprint()


def scan_apart(folder: Path) -> ImportScan:
    """As a reader does it, in a process of its own, which a source may end."""
    with Reading(folder, Unconfined(own_code=True)) as reading:
        return scan_of(reading.scan(folder, "main.py", "predict").model_dump())
