"""Evidence that can be read back: checked before it is written."""

from __future__ import annotations

from pydantic import ValidationError

from grader.evidence.evidence import Evidence

# What a reader of evidence cannot do without; everything else may be left out.
NEEDED_FACTS = (
    "schema_version",
    "key",
    "submission",
    "stage",
    "stopped",
    "trouble",
    "answers",
    "mishaps",
)


def readable_evidence(evidence: Evidence) -> Evidence:
    """The evidence, if it can be read back; else without the fields that keep it from that, which
    `mishaps` tells.

    Raises ValueError where what is needed cannot be read back.
    """
    if _reads_back(evidence):
        return evidence
    bare = {name: getattr(evidence, name) for name in NEEDED_FACTS}
    kept = Evidence.model_construct(**bare)
    if not _reads_back(kept):
        raise ValueError(f"the evidence of {evidence.submission.id} cannot be read back")
    for name in Evidence.model_fields:
        if name in NEEDED_FACTS:
            continue
        fuller = kept.model_copy(update={name: getattr(evidence, name)})
        if _reads_back(fuller):
            kept = fuller
        else:
            told = (*kept.mishaps, f"{name} could not be kept: it cannot be read back")
            kept = kept.model_copy(update={"mishaps": told})
    return kept


def _reads_back(evidence: Evidence) -> bool:
    try:
        again = Evidence.model_validate_json(evidence.model_dump_json(warnings=False))
    except (ValidationError, ValueError):
        return False
    return bool(again == evidence)
