"""What students read of a lab: made of ``assignment.toml`` whenever it is handed out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from grader.assignment import AskedNetwork, Assignment, MarkRule, Part
from grader.checks.pytest_run import MarkedCheck, marked
from grader.examine.images import SUFFIXES
from grader.labs.leaks import is_hidden, plain_files
from grader.language import LANGUAGES, Sentence

PUBLIC = "public"  # folder of the images that students get
STARTER = "starter"  # folder of what students begin with

GIVEN = {  # what the function of a part gets
    "images": Sentence("one image, as above"),
    "arrays": Sentence("one array of numbers (NumPy)"),
    "texts": Sentence("one text (str)"),
}
# A block is made anew; what a teacher writes around it stays.
_BEGIN = "<!-- made of assignment.toml ({language}): your own words stand above or below -->"
_END = "<!-- to here -->"
_BLOCK = re.compile(
    r"<!-- made of assignment\.toml \((?P<language>\w+)\)[^>]*-->.*?<!-- to here -->", re.DOTALL
)


def readme(assignment: Assignment) -> str:
    """A whole README in both languages."""
    return "\n\n---\n\n".join(_block(assignment, language) for language in LANGUAGES) + "\n"


def renewed(text: str, assignment: Assignment) -> str:
    """A README whose blocks say what the assignment asks for now; the rest stays as it is."""

    def block(found: re.Match[str]) -> str:
        language = found["language"]
        return _block(assignment, language) if language in LANGUAGES else found[0]

    return _BLOCK.sub(block, text)


def has_blocks(text: str) -> bool:
    """Whether any of it is made anew."""
    return _BLOCK.search(text) is not None


def names_asked(assignment: Assignment) -> list[str]:
    """Names that a submission has to have: of functions and networks."""
    interface = assignment.interface
    found = [interface.function, *(part.function for part in assignment.parts)]
    found += [network.name for network in assignment.asked_networks]
    return list(dict.fromkeys([*found, *filter(None, [interface.dataset])]))


def _block(assignment: Assignment, language: str) -> str:
    title = assignment.assignment.title
    shown = title.zh if language == "zh" and title.zh else title.en
    paragraphs = [f"# {shown}"]
    paragraphs += [each.said_in(language) for each in _asked(assignment)]
    paragraphs += [_marks(assignment, language), *_handing_in(assignment, language)]
    text = "\n\n".join(filter(None, paragraphs))
    return f"{_BEGIN.format(language=language)}\n{text}\n{_END}"


def _asked(assignment: Assignment) -> Iterator[Sentence]:
    interface = assignment.interface
    facts = {
        "entry": interface.entry,
        "function": interface.function,
        "channels": interface.channels,
        "count": str(len(assignment.classes)),
        "names": ", ".join(assignment.names),
    }
    yield Sentence(
        "Write `{entry}` with a function `{function}(image)`: `image` is a uint8 array (height, "
        "width, 3) in {channels}, and the function returns one of the {count} class names: "
        "{names}. Weights lie beside `{entry}` and are loaded by a path relative to it.",
        facts,
    )
    yield from map(_part, assignment.parts)
    for network in assignment.asked_networks:
        yield _network(network, interface.entry)
    if interface.dataset:
        yield Sentence(
            "Also define a function `{dataset}`, which gives the data set that `{name}` learns.",
            {"dataset": interface.dataset, "name": interface.lenet5},
        )
    if (assignment.home / STARTER / interface.entry).is_file():
        yield Sentence("Begin with `{file}`.", {"file": f"{STARTER}/{interface.entry}"})
    if images := _public_images(assignment):
        yield Sentence(
            "`{folder}` holds {count} images to learn from, one folder a class.",
            {"folder": f"{PUBLIC}/", "count": str(images)},
        )
    for part in assignment.parts_beside_images:
        if count := len(_given(assignment.home / PUBLIC / part.id, assignment)):
            yield Sentence(
                "`{folder}` holds {count} inputs of `{function}` to learn from, one folder a "
                "class.",
                {
                    "folder": f"{PUBLIC}/{part.id}/",
                    "count": str(count),
                    "function": part.function,
                },
            )


def _part(part: Part) -> Sentence:
    facts: dict[str, str | Sentence] = {
        "function": part.function,
        "given": GIVEN[part.inputs],
        "names": ", ".join(label.en for label in part.classes),
    }
    return Sentence(
        "Also define a function `{function}`: it gets {given} and returns one of these names: "
        "{names}.",
        facts,
    )


def _network(network: AskedNetwork, entry: str) -> Sentence:
    facts = {
        "name": network.name,
        "entry": entry,
        "shape": ", ".join(map(str, ("N", *network.input))),
        "outputs": str(network.outputs),
    }
    return Sentence(
        "Also define a network class `{name}` in `{entry}` or in a file beside it: it takes "
        "({shape}) and gives (N, {outputs}).",
        facts,
    )


def _public_images(assignment: Assignment) -> int:
    """How many images students get, but for those that are inputs of other parts."""
    public = assignment.home / PUBLIC
    others = [public / part.id for part in assignment.parts_beside_images]
    return sum(
        path.suffix.lower() in SUFFIXES and not any(map(path.is_relative_to, others))
        for path in _given(public, assignment)
    )


def _given(folder: Path, assignment: Assignment) -> list[Path]:
    """The files below a folder that students get."""
    return [path for path in plain_files(folder) if not is_hidden(path, assignment)]


def _marks(assignment: Assignment, language: str) -> str:
    """A list of what is worth marks, with the sum that the pages have."""
    policy, checks = assignment.policy, _checks(assignment)
    rules: list[tuple[str, MarkRule]] = [(assignment.interface.function, policy)]
    rules += [(part.function, policy.of_part(part.id)) for part in assignment.parts]
    lines = [f"- {_rule(name, rule).said_in(language)}" for name, rule in rules]
    if policy.report_from is not None:
        facts = {"percent": str(policy.report_from), "points": f"{policy.points:g}"}
        text = "with a complete lab report: {points} marks from {percent} % of the images on"
        lines.append(f"- {Sentence(text, facts).said_in(language)}")
    for check in checks:
        facts = {"check": check.title[language], "points": f"{check.points:g}"}
        lines.append(f"- {Sentence('{points} marks: {check}', facts).said_in(language)}")
    if len(rules) + len(checks) > 1:
        total = sum(rule.points for _, rule in rules) + sum(check.points for check in checks)
        said = Sentence("in all: {points} marks", {"points": f"{round(total, 2):g}"})
        lines.append(f"- {said.said_in(language)}")
    if any(rule.guessing < 1 for _, rule in rules):
        lines += ["", Sentence("Answers no better than guessing earn nothing.").said_in(language)]
    return "\n".join([Sentence("Marks:").said_in(language), "", *lines])


def _checks(assignment: Assignment) -> list[MarkedCheck]:
    """The checks with marks, but for those about what the assignment does not ask for: they are
    left out when a class is graded.
    """
    interface = assignment.interface
    asked = {
        "lenet5": interface.lenet5,
        "dataset": interface.dataset,
        "networks": assignment.networks,
    }
    absent = {fixture for fixture, there in asked.items() if not there}
    return [check for check in marked(assignment.home) if check.fixtures.isdisjoint(absent)]


def _rule(function: str, rule: MarkRule) -> Sentence:
    facts = {
        "function": function,
        "points": f"{rule.points:g}",
        "full": str(rule.full_at),
        "zero": str(rule.zero_at),
        "band": str(rule.band),
        "cost": f"{rule.cost:g}",
        "formula": rule.formula,
    }
    if rule.rule == "formula":
        return Sentence("`{function}`: `{formula}`, up to {points} marks", facts)
    if rule.rule == "linear":
        return Sentence(
            "`{function}`: {points} marks for {full} % of the hidden inputs right, in a straight "
            "line down to none at {zero} %",
            facts,
        )
    return Sentence(
        "`{function}`: {points} marks for {full} % of the hidden inputs right, {cost} less for "
        "each {band} % below",
        facts,
    )


def _handing_in(assignment: Assignment, language: str) -> Iterator[str]:
    said = Sentence("Before you hand in, in the folder that you hand in:")
    yield said.said_in(language)
    folder = Sentence("PATH-OF-THIS-FOLDER").said_in(language)
    data = f" --data {folder}/{PUBLIC}" if _public_images(assignment) else ""
    commands = ["pip install lab-grader", f"grade --self-check --assignment {folder}{data}"]
    yield "\n".join(["```sh", *commands, "```"])
    said = Sentence("It runs your code as the grader will and says what to mend.")
    yield said.said_in(language)
    if upload := assignment.platform.upload:
        yield Sentence(
            "The zip that you hand in may have at most {upload} MiB.", {"upload": str(upload)}
        ).said_in(language)
