"""Documents: immutable typed values that are saved as JSON for others to read."""

from pydantic import BaseModel, ConfigDict, ValidationError


class Document(BaseModel):
    """Frozen; refuses unknown keys, so that a file of another version is noticed, not misread, and
    numbers that are not finite, which JSON cannot hold.
    """

    # Validators are built when they are first used: a command needs few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


def first_fault(error: ValidationError) -> str:
    """Where a document that came back from another process is wrong first, and how: for staff."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
