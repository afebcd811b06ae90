"""How a check fails: an exception with what the student needs to know."""


class CheckFailedError(AssertionError):
    """A check failed: why (rationale), what was expected and found, what to do (help)."""

    def __init__(
        self, rationale: str, *, expected: object = "", actual: object = "", help: str = ""
    ) -> None:
        super().__init__(rationale)
        self.rationale = rationale
        self.expected = str(expected)
        self.actual = str(actual)
        self.help = help


def expect(
    condition: object,
    rationale: str,
    *,
    expected: object = "",
    actual: object = "",
    help: str = "",
) -> None:
    """Raise CheckFailedError unless `condition` holds."""
    if not condition:
        raise CheckFailedError(rationale, expected=expected, actual=actual, help=help)
