"""How a check fails: an exception with what the student needs to know."""


class CheckFailedError(AssertionError):
    """A check failed: why, what was expected and found, what to do."""

    def __init__(
        self, rationale: str, *, expected: object = "", actual: object = "", help: str = ""
    ) -> None:
        """
        Args:
            rationale: why it failed, a sentence for the student. A second line in Chinese is what
                Chinese readers get; without one they get the first.
            expected: what should have been; shown as text, "" shows nothing.
            actual: what was found; shown as text, "" shows nothing.
            help: what to do, in the same two languages; "" shows nothing.
        """
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
    """Fail the check unless `condition` holds.

    Args:
        condition: anything with a truth value.
        rationale: why the check fails; see `CheckFailedError` for this and what follows.
        expected: what should have been.
        actual: what was found.
        help: what to do.

    Raises:
        CheckFailedError: if `condition` is false.
    """
    if not condition:
        raise CheckFailedError(rationale, expected=expected, actual=actual, help=help)
