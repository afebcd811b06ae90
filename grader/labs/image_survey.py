"""What can be said of a lab's images before a class meets them."""

from __future__ import annotations

import io
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from grader.assignment import Assignment
from grader.examine.images import HiddenImage, HiddenSet, decode, pixels_digest
from grader.examine.near_duplicates import near_duplicates, near_duplicates_within, pictures
from grader.language import Sentence
from grader.scoring import worth
from grader.scoring.counts import better_than_guessing

MIN_PER_CLASS = 5  # images of a class, below which one image weighs too much
UNBALANCED = 2  # times that the largest class may be as large as the smallest
LARGE_PIXELS = 4000  # pixels along a side, from which on an image costs time and memory
MAX_NAMED = 3  # files that a line names
_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "jpe": "JPEG", "jfif": "JPEG", "tif": "TIFF"}
# What to do about pictures of which `grade hand-out` asks the same.
ONE_OR_TWO = Sentence(
    "Look at them: where they are one picture, remove it on one side; where they are two, `grade "
    "hand-out --likeness` lets them pass."
)


class Line(NamedTuple):
    """One line of what was looked at. fine: None where it is worth knowing, and no fault."""

    fine: bool | None
    text: Sentence
    cure: Sentence | None = None


class _Facts(NamedTuple):
    """What one file is."""

    image: HiddenImage
    kind: str  # format, as Pillow calls it; "" where it does not know it
    mode: str
    size: tuple[int, int]  # width, height
    pixels: str  # digest of what a submission sees
    grey: bool


def survey(assignment: Assignment, hidden: HiddenSet) -> Iterator[Line]:
    """All that is to be said of the hidden images."""
    counts = Counter(image.truth for image in hidden.images)
    each = sorted(counts.values())
    facts = {"total": str(len(hidden.images)), "classes": str(len(assignment.classes))}
    facts |= {"least": str(each[0]), "most": str(each[-1])}
    yield Line(
        True,
        Sentence("hidden images: {total} in {classes} classes, {least} to {most} of each", facts),
    )
    yield from _counts(assignment, counts)
    yield from _steps(assignment, len(hidden.images))
    found = [_facts(image) for image in hidden.images]
    yield from _kinds(found, assignment)
    yield from _same(found)
    yield from _seen(assignment, hidden)


def _counts(assignment: Assignment, counts: Counter[str]) -> Iterator[Line]:
    """Classes without images or with few, and classes of very different size."""
    none = [label.folder for label in assignment.classes if not counts[label.en]]
    if none:
        yield Line(
            False,
            Sentence("hidden images: none of {names}", {"names": listed(none)}),
            Sentence("Put images into these folders, or remove the classes."),
        )
    few = [one.folder for one in assignment.classes if 0 < counts[one.en] < MIN_PER_CLASS]
    if few:
        facts = {"least": str(MIN_PER_CLASS), "names": listed(few)}
        yield Line(None, Sentence("hidden images: fewer than {least} of {names}", facts))
    if counts and max(counts.values()) > UNBALANCED * min(counts.values()):
        name, most = counts.most_common(1)[0]
        facts = {"name": name, "most": str(most), "least": str(min(counts.values()))}
        yield Line(
            None,
            Sentence(
                "hidden images: unbalanced; {name} has {most}, the smallest class {least}, and who "
                "always answers {name} gains by it",
                facts,
            ),
        )


def _steps(assignment: Assignment, total: int) -> Iterator[Line]:
    """What the number of images does to the marks."""
    policy, classes = assignment.policy, len(assignment.classes)
    if not better_than_guessing(total, total, classes, policy.guessing):
        yield Line(
            False,
            Sentence(
                "marks: even with all {total} images right nobody is better than guessing",
                {"total": str(total)},
            ),
            Sentence("Add images, or raise policy.guessing."),
        )
        return
    if policy.rule == "bands" and policy.band * total < 100:
        facts = {"total": str(total), "band": str(policy.band), "one": f"{100 / total:.1f}"}
        yield Line(
            None,
            Sentence(
                "marks: one of {total} images is {one} %, more than a band of {band} %: bands are "
                "skipped",
                facts,
            ),
        )
    least = next(
        right
        for right in range(total + 1)
        if better_than_guessing(right, total, classes, policy.guessing)
    )
    lost = worth(max(least - 1, 0), total, policy)
    if least and lost:
        facts = {"least": str(least), "total": str(total), "lost": f"{lost:g}"}
        facts["percent"] = f"{100 * least / total:.0f}"
        yield Line(
            True,
            Sentence(
                "marks: fewer than {least} of {total} images right ({percent} %) are no better "
                "than guessing and earn nothing, where the rule alone gives up to {lost}",
                facts,
            ),
        )
    if worth(total, total, policy) < policy.points:
        facts = {"most": f"{worth(total, total, policy):g}", "points": f"{policy.points:g}"}
        yield Line(
            False,
            Sentence("marks: all images right earn {most} of {points} by the formula", facts),
            Sentence("Correct policy.formula or policy.points."),
        )


def _facts(image: HiddenImage) -> _Facts:
    data = image.path.read_bytes()
    kind = mode = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as opened:
                kind, mode = opened.format or "", opened.mode
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        pass  # OpenCV reads it: its kind is not known
    pixels = decode(data)
    if pixels is None:
        raise OSError(f"{image.path}: no longer an image that can be read")
    grey = bool(
        (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all()
    )
    size = (pixels.shape[1], pixels.shape[0])
    return _Facts(image, kind, mode, size, pixels_digest(pixels), grey)


def _kinds(found: Sequence[_Facts], assignment: Assignment) -> Iterator[Line]:
    """Formats, modes and sizes."""
    kinds = Counter(each.kind or "?" for each in found)
    modes = Counter(each.mode or "?" for each in found)
    widths, heights = (sorted(each.size[axis] for each in found) for axis in (0, 1))
    told = [
        ", ".join(f"{name} {count}" for name, count in of.most_common()) for of in (kinds, modes)
    ]
    facts = {
        "kinds": told[0],
        "modes": told[1],
        "sizes": f"{widths[0]} × {heights[0]} – {widths[-1]} × {heights[-1]}",
    }
    yield Line(True, Sentence("images: {kinds}; modes {modes}; {sizes} pixels", facts))
    odd = [each for each in found if each.mode not in ("RGB", "L", "P", "1", "")]
    if odd:
        yield Line(
            None,
            Sentence(
                "images: {count} have transparency, four colours or more than 8 bits ({names}); "
                "submissions get three channels of 8 bits",
                {"count": str(len(odd)), "names": listed([each.image.id for each in odd])},
            ),
        )
    wrong = [each for each in found if each.kind and _promised(each) not in ("", each.kind)]
    if wrong:
        facts = {"count": str(len(wrong)), "names": listed([each.image.id for each in wrong])}
        yield Line(
            None,
            Sentence("images: {count} are of another format than their names say: {names}", facts),
        )
    if all(each.grey for each in found):
        facts = {"channels": assignment.interface.channels}
        yield Line(
            None,
            Sentence("images: all are grey, so {channels} or the other order is the same", facts),
        )
    large = [each for each in found if max(each.size) > LARGE_PIXELS]
    if large:
        facts = {"pixels": str(LARGE_PIXELS), "names": listed([each.image.id for each in large])}
        yield Line(None, Sentence("images: larger than {pixels} pixels: {names}", facts))


def _promised(facts: _Facts) -> str:
    suffix = facts.image.path.suffix.lower().lstrip(".")
    known = _FORMATS.get(suffix, suffix.upper())
    return known if known in ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF") else ""


def _same(found: Sequence[_Facts]) -> Iterator[Line]:
    """The same picture twice, and twice with another answer."""
    groups: defaultdict[str, list[HiddenImage]] = defaultdict(list)
    for each in found:
        groups[each.pixels].append(each.image)
    twice = [group for group in groups.values() if len(group) > 1]
    torn = [group for group in twice if len({image.truth for image in group}) > 1]
    if torn:
        yield Line(
            False,
            Sentence(
                "hidden images: {count} pictures stand in several classes: {names}",
                {"count": str(len(torn)), "names": _pairs(torn)},
            ),
            Sentence("No answer can be right about both: remove all but the right one."),
        )
    plain = [group for group in twice if group not in torn]
    if plain:
        facts = {"count": str(len(plain)), "names": _pairs(plain)}
        yield Line(
            None, Sentence("hidden images: {count} pictures are there twice: {names}", facts)
        )
    yield from _alike([group[0] for group in groups.values()])


def _alike(images: Sequence[HiddenImage]) -> Iterator[Line]:
    """Different pictures that look the same, all but for a crop or a filter."""
    truth = {image.path: image.truth for image in images}
    found = near_duplicates_within(list(truth))
    torn = [pair for pair in found if truth[pair[0]] != truth[pair[1]]]
    plain = [pair for pair in found if pair not in torn]
    if torn:
        yield Line(
            None,
            Sentence(
                "hidden images: {count} pairs look alike and stand in different classes: {names}",
                {"count": str(len(torn)), "names": _named(torn)},
            ),
            Sentence("Look at them: one of the two may be in the wrong folder."),
        )
    if plain:
        yield Line(
            None,
            Sentence(
                "hidden images: {count} pairs of a class look alike: {names}",
                {"count": str(len(plain)), "names": _named(plain)},
            ),
            Sentence("Where they are one picture, remove one: it counts twice."),
        )


def _named(pairs: Sequence[tuple[Path, Path]]) -> str:
    return listed([f"{_short(one)} = {_short(other)}" for one, other in pairs])


def _seen(assignment: Assignment, hidden: HiddenSet) -> Iterator[Line]:
    """Hidden images that students have: in whatever else the folder of the lab holds."""
    inside, others = assignment.hidden.resolve(), []
    for path in pictures(assignment.home):
        if inside not in path.resolve().parents:
            others.append(path)
    if not others:
        return
    found = near_duplicates([image.path for image in hidden.images], others)
    copies = [pair for pair in found if _is_copy(*pair)]
    if copies:
        yield Line(
            False,
            Sentence(
                "hidden images: {count} are images that students get: {names}",
                {"count": str(len(copies)), "names": _named(copies)},
            ),
            Sentence("Remove them on one side: who has learned one by heart knows the other."),
        )
    if alike := [pair for pair in found if pair not in copies]:
        yield Line(
            None,
            Sentence(
                "hidden images: {count} look like images that students get: {names}",
                {"count": str(len(alike)), "names": _named(alike)},
            ),
            ONE_OR_TWO,
        )
    if not found:
        facts = {"count": str(len(others))}
        yield Line(
            True, Sentence("none of the {count} other images of the lab is a hidden one", facts)
        )


def _is_copy(one: Path, other: Path) -> bool:
    """Whether two files are the same picture, pixel by pixel."""
    first, second = (decode(path.read_bytes()) for path in (one, other))
    return first is not None and second is not None and np.array_equal(first, second)


def _short(path: Path) -> str:
    return "/".join(path.parts[-3:])


def _pairs(groups: Sequence[Sequence[HiddenImage]]) -> str:
    return listed([" = ".join(image.id for image in group) for group in groups])


def listed(names: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    more = f" (+{len(names) - MAX_NAMED})" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more
