"""What a check may ask for: every fixture with what it offers, from the plug-in itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from grader.checks import network_subject, plugin, subjects
from reference.docs.markdown import code, table

ALIASES = ("garbage",)  # another name of a fixture
INNER = ("session",)  # the fixture that the others are made of: no interface of ours
ASKED_BY = {"__call__": "", "__getitem__": ".__getitem__"}  # methods that go by a sign


def names() -> list[str]:
    """The fixtures' names, in the order of the plug-in."""
    source = inspect.getsource(plugin)
    found = re.findall(r"@pytest\.fixture[^\n]*\ndef (\w+)\(", source)
    return [name for name in found if name not in INNER]


def subject_of(name: str) -> type:
    """The class of what the fixture gives."""
    source = inspect.getsource(plugin)
    (returned,) = re.findall(rf"\ndef {name}\([^\n]*\) -> (\w+):", source)
    found: type = getattr(subjects, returned, None) or getattr(network_subject, returned)
    return found


def members(name: str) -> Iterator[tuple[str, str]]:
    """What can be asked of the fixture: how it is written, and what it gives."""
    public: dict[str, object] = {}
    for each in reversed(subject_of(name).__mro__[:-1]):
        public |= {key: value for key, value in vars(each).items() if not key.startswith("_")}
        public |= {key: value for key, value in vars(each).items() if key in ASKED_BY}
    for key, value in public.items():
        inner = getattr(value, "fget", None) or getattr(value, "func", None) or value
        if not callable(inner):
            continue
        shown = str(inspect.signature(inner)).replace("'", "").replace("(self, ", "(")
        if inner is not value:
            shown = shown.removeprefix("(self)")
        written = f"{name}{ASKED_BY[key]}" if key in ASKED_BY else f"{name}.{key}"
        yield (
            f"{written}{shown.replace('(self)', '()')}",
            " ".join((inspect.getdoc(inner) or "").split()),
        )


def page() -> str:
    """The page of the reference."""
    parts = [
        "# Fixtures\n\nWhat a check asks for by the names of its parameters. Checks that ask for "
        f"{code('classifier')} run after the hidden images, all others before the first of them. "
        "`pytest LAB --submission FOLDER` runs them on one submission, `grade check LAB` on the "
        "reference. [Checks](checks.md) says how a check fails."
    ]
    for name in names():
        about = inspect.getdoc(getattr(plugin, name).__wrapped__) or ""
        rows = [(code(written), said) for written, said in members(name)]
        parts.append(f"## {name}\n\n{' '.join(about.split())}")
        if name not in ALIASES:
            parts.append(table(("", "gives"), rows))
    parts.append(
        "## Marks\n\n`@pytest.mark.points(5)` above a check gives it 5 marks, beside those of the "
        "hidden images. A check that is skipped or fails earns none; one that breaks by itself "
        "earns none and costs none."
    )
    return "\n\n".join(parts) + "\n"
