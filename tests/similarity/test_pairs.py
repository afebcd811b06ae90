"""Who is like whom: copies are found, honest work side by side is not."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from grader.evidence import Answer, Evidence, Fingerprint, Tensors
from grader.evidence.findings import make_finding
from grader.similarity import handed_out, similarities, trace, unnamed
from grader.similarity.fingerprint import packed
from tests import make
from tests.intake.reading import fingerprint

NONE = Fingerprint()


def submission(name: str, **changes: object) -> Evidence:
    evidence = make.evidence()
    record = evidence.submission.model_copy(update={"id": name, "name": name.upper()})
    return evidence.model_copy(update={"submission": record, **changes})


def found(
    submissions: list[Evidence], given: Fingerprint | None = NONE
) -> dict[str, dict[str, str]]:
    """Id -> code -> whom it is like."""
    return {
        name: {each.code: str(each.facts["other"]) for each in likenesses}
        for name, likenesses in similarities([trace(each) for each in submissions], given).items()
    }


def others(count: int) -> list[Evidence]:
    """Submissions that share nothing with any."""
    return [submission(f"other-{number}") for number in range(count)]


def tensors(*numbers: int) -> str:
    return packed(np.array(sorted(numbers), np.uint64))


def weights(**files: str) -> Fingerprint:
    return Fingerprint(
        weights=tuple(Tensors(file=name, prints=prints) for name, prints in files.items())
    )


BACKBONE = tuple(range(1000, 1200))


def test_a_file_of_weights_in_anothers_submission_is_found() -> None:
    copied, own = tensors(*BACKBONE, 1, 2), tensors(*BACKBONE, 3, 4)
    class_ = [
        submission("a", fingerprint=weights(best=copied)),
        submission("b", fingerprint=weights(final=copied, lenet=tensors(8, 9))),
        submission("c", fingerprint=weights(best=own)),
    ]
    assert found(class_) == {
        "a": {"similar-weights": "B (b)"},
        "b": {"similar-weights": "A (a)"},
    }
    (likeness,) = similarities([trace(each) for each in class_], NONE)["b"]
    assert likeness.facts["file"] == "final"


def test_a_backbone_that_two_took_from_one_place_is_no_copy() -> None:
    heads = [(1, 2), (3, 4)]
    class_ = [
        submission(name, fingerprint=weights(net=tensors(*BACKBONE, *head)))
        for name, head in zip("ab", heads, strict=True)
    ]
    assert found(class_) == {}


def test_weights_that_were_handed_out_or_that_many_have_are_nobodys() -> None:
    lenet = weights(lenet=tensors(5, 6))
    assert found([submission(name, fingerprint=lenet) for name in "ab"], given=lenet) == {}
    assert found([submission(name, fingerprint=lenet) for name in "abcdef"]) == {}
    assert set(found([submission(name, fingerprint=lenet) for name in "abcde"])) == set("abcde")


def answers(wrong: dict[int, str], count: int = 130) -> tuple[Answer, ...]:
    names = make.assignment().names
    return tuple(
        Answer(image=f"{n}.jpg", truth=names[n % 26], answer=wrong.get(n, names[n % 26]))
        for n in range(count)
    )


def mistakes(seed: int, count: int = 20) -> dict[int, str]:
    """Wrong answers to images that are hard for all, as networks of one class give them."""
    chance, names = random.Random(seed), make.assignment().names
    return {
        n: names[(n + chance.choice((1, 1, 1, 2, 3))) % 26] for n in chance.sample(range(40), count)
    }


def test_the_same_wrong_answers_are_found() -> None:
    class_ = [submission(f"s{seed}", answers=answers(mistakes(seed))) for seed in range(60)]
    assert found(class_) == {}, "honest networks fail on the same hard images"
    odd = {n: make.assignment().names[(n + 11) % 26] for n in range(50, 62)}
    class_ += [submission(name, answers=answers(odd)) for name in "ab"]
    assert set(found(class_)) == {"a", "b"}
    (likeness,) = similarities([trace(each) for each in class_], NONE)["a"]
    assert likeness.facts == {"same": 12, "wrong": 12, "rare": 12, "other": "B (b)", "ids": "b"}


@pytest.mark.parametrize("code", ["label-order", "constant-answers", "weights-not-loaded"])
def test_answers_that_agree_for_another_reason_are_no_copies(code: str) -> None:
    odd = answers({n: make.assignment().names[(n + 11) % 26] for n in range(130)})
    class_ = [submission(name, answers=odd, findings=(make_finding(code),)) for name in "ab"]
    assert found(class_) == {}


def test_one_answer_for_everything_is_no_copy() -> None:
    same = answers(dict.fromkeys(range(130), "Hats"))
    assert found([submission(name, answers=same) for name in "ab"]) == {}


STARTER = (make.ROOT / "grader" / "report" / "view.py").read_text(encoding="utf-8")
ONE = (make.ROOT / "grader" / "readers" / "extraction.py").read_text(encoding="utf-8")
OTHER = (make.ROOT / "grader" / "report" / "plot.py").read_text(encoding="utf-8")


def sources(folder: Path, **files: str) -> Fingerprint:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return fingerprint(folder)


def test_code_is_compared_without_what_was_handed_out(tmp_path: Path) -> None:
    starter = sources(tmp_path / "starter", main=STARTER)
    class_ = [
        submission("a", fingerprint=sources(tmp_path / "a", main=STARTER + ONE)),
        submission("b", fingerprint=sources(tmp_path / "b", main=STARTER + OTHER)),
        submission("c", fingerprint=sources(tmp_path / "c", model=ONE, main=STARTER)),
    ]
    class_ += others(7)
    given = handed_out([tmp_path / "starter"])
    assert given is not None and given.code == starter.code
    shown = found(class_, given)
    assert shown == {"a": {"similar-code": "C (c)"}, "c": {"similar-code": "A (a)"}}
    assert len(found(class_)) == 3, "without the starter all are alike"


def test_code_that_many_have_is_nobodys(tmp_path: Path) -> None:
    class_ = [
        submission(name, fingerprint=sources(tmp_path / name, main=STARTER)) for name in "abcde"
    ]
    assert set(found([*class_[:4], *others(6)])) == set("abcd")
    assert found([*class_, *others(5)]) == {}


def test_nobody_is_named_for_code_whose_origin_cannot_be_known(tmp_path: Path) -> None:
    """In a small class, and where what was handed out is not declared."""
    class_ = [submission(name, fingerprint=sources(tmp_path / name, main=ONE)) for name in "ab"]
    many = [*class_, *others(8)]
    assert set(found(many, handed_out([tmp_path]))) == set()
    assert set(found(many)) == set("ab")
    for small, given in ((many[:9], NONE), (many, None)):
        assert found(small, given) == {}
        assert unnamed([trace(each) for each in small], given) == 2
    assert unnamed([trace(each) for each in many], NONE) == 0


def test_only_some_of_many_are_named() -> None:
    shared = weights(net=tensors(1, 2))
    class_ = [submission(name, fingerprint=shared) for name in "abcde"]
    assert found(class_)["a"]["similar-weights"] == "B (b), C (c), D (d) (+1)"
