"""Findings explain a score and never change it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from grader.evidence import Answer
from grader.examine import diagnosis
from grader.examine.class_names import Vocabulary
from grader.examine.label_order import label_order
from tests import make, submissions

CLASSES = make.assignment().classes
NAMES = make.assignment().names
LAB = make.assignment()


def answers_where(say: object, total: int = 130) -> list[Answer]:
    """Answers over the classes in turn; `say` maps the truth's index and the image to a word."""
    assert callable(say)
    return [make.answer(n, NAMES[n % 26], say(n % 26, n)) for n in range(total)]


def test_the_other_order_of_channels_is_named_where_it_reads_clearly_more() -> None:
    answers = make.answers(85)
    other = {a.image: a.truth if n < 120 else NAMES[0] for n, a in enumerate(answers)}
    finding = diagnosis.channel_order(answers, other, LAB)
    assert finding is not None
    assert finding.facts["correct"] == "85"
    assert int(finding.facts["other"]) >= 120
    assert "BGR" in finding.hint


def test_a_small_gain_of_the_other_order_is_chance() -> None:
    answers = make.answers(100)
    other = {a.image: a.truth if n < 102 else None for n, a in enumerate(answers)}
    assert diagnosis.channel_order(answers, other, LAB) is None


def test_an_order_in_which_the_model_reads_no_better_than_by_guessing_is_none() -> None:
    answers = make.answers(0)
    other = {a.image: a.truth if n < 7 else None for n, a in enumerate(answers)}
    assert diagnosis.channel_order(answers, other, LAB) is None


@given(st.integers(0, 130), st.integers(0, 2**32))
def test_the_order_that_reads_less_is_never_recommended(correct: int, seed: int) -> None:
    answers = make.answers(correct)
    right = set(random.Random(seed).sample(range(130), correct))
    other = {a.image: a.truth if n in right else None for n, a in enumerate(answers)}
    assert diagnosis.channel_order(answers, other, LAB) is None


def test_the_shift_of_a_data_set_without_one_folder_is_found() -> None:
    """Training without 03_02 has never seen Eggshell; its index went to Banana Peel."""
    said = [*NAMES[:24], NAMES[17], NAMES[24]]
    shifted = answers_where(lambda truth, n: said[truth])
    finding = label_order(shifted, CLASSES)
    assert finding is not None
    assert "Eggshell → Banana Peel" in finding.facts["swaps"]
    assert "without the folder 03_02" in finding.hint


def test_the_folder_that_was_missing_is_named_whatever_its_images_are_taken_for() -> None:
    """All Eggshells are named as the class before, which itself is right."""
    said = [*NAMES[:24], NAMES[23], NAMES[24]]
    finding = label_order(answers_where(lambda truth, n: said[truth]), CLASSES)
    assert finding is not None
    assert "without the folder 03_02" in finding.hint


def test_names_in_alphabetical_order_are_found() -> None:
    alphabetical = sorted(NAMES)
    finding = label_order(answers_where(lambda truth, n: alphabetical[truth]), CLASSES)
    assert finding is not None
    assert finding.facts["other"] == "130"
    assert "order of the alphabet" in finding.hint
    back = answers_where(lambda truth, n: NAMES[alphabetical.index(NAMES[truth])])
    again = label_order(back, CLASSES)
    assert again is not None
    assert "字母顺序" in again.said_in("zh").hint


def test_any_other_order_of_names_is_found() -> None:
    mixed = random.Random(5).sample(NAMES, len(NAMES))
    finding = label_order(answers_where(lambda truth, n: mixed[truth]), CLASSES)
    assert finding is not None
    assert "another order than in training" in finding.hint


def test_an_honest_weak_model_has_its_labels_in_order() -> None:
    generator = random.Random(1)
    weak = answers_where(lambda truth, n: NAMES[truth] if n % 3 else generator.choice(NAMES))
    assert label_order(weak, CLASSES) is None


@given(st.integers(0, 2**32))
def test_guessing_is_no_order_of_labels(seed: int) -> None:
    generator = random.Random(seed)
    guessed = answers_where(lambda truth, n: generator.choice(NAMES))
    assert label_order(guessed, CLASSES) is None


def test_a_model_that_knows_three_wrong_things_has_no_order_of_labels() -> None:
    said = {0: NAMES[7], 1: NAMES[8], 2: NAMES[9]}
    dull = answers_where(lambda truth, n: said.get(truth, NAMES[20]))
    assert label_order(dull, CLASSES) is None


# Answers of small networks, trained honestly, to five images of each class: a letter for each.
HONEST = (
    "pasaabebhbiiiiilzlkleeekqtifffggegzfhwwhxqipiejcrmkkwkevollhmetimn"
    "nopnhkwokicipciqqqqrrprrsrssstxtttwuueuvvvhhwwwwwijtxcmmtggnmxam",
    "aararbkbkziigiidzuddqeeoqtpftmdyqgzghhhyqcipioacrmkmwfklllduzytkgc"
    "njpnkogloppjpciqqqqrrrrsssssstttttduuuuvvvkhwwwwwtcfccvyggkzdmzd",
    "aaaaabjbkbiizncdzuddeeeeotptfmdyegzgyhyyqqinifaarmfmwkedoolozkyeqq"
    "qjpnhohhopqipiiqqcqrrjpssrssatttttduuvuvuvghwwzwwtnfcxvyvvgdddzd",
    "arrrabbbmkiizqiwzuvoeeegqtpftfgkcggghhhhccipibrarckmggewmwzuxzmkqi"
    "kppngogljppipctqqqprrjprssssjtxtttduuuxvuvklwwwwwtttktlmbugooxtm",
    "aararbjbhbiiqncwzwodoeeocfpfqyggetyghhhyxqipifpcchbkwyvddwdwqtzecc"
    "xgznhohloiqipqiqqiqrrpprssssstxxntuuuvuvdvehwdwwwiqfkcgqvggtyoud",
    "aaraabjbbbiimncdzwddheekqfpfttdycgyghhhhqqinibacjmfkwfeldwdwqzyeqc"
    "nppnholljppipctqqcqsrjrrsrssstxfttuuuuuvwvkhwwwwyftfxxmygggmmozm",
)


@pytest.mark.parametrize("said", HONEST)
def test_what_a_weak_network_confuses_is_no_order_of_labels(said: str) -> None:
    """Papers are taken for Newspapers, and so are Newspapers."""
    answers = [
        make.answer(n, NAMES[n // 5], NAMES[ord(letter) - ord("a")])
        for n, letter in enumerate(said)
    ]
    assert label_order(answers, CLASSES) is None


def test_two_names_that_stand_in_each_others_places_are_found() -> None:
    said = {1: NAMES[7], 7: NAMES[1]}
    finding = label_order(
        answers_where(lambda truth, n: said.get(truth, NAMES[truth]) if n % 5 else NAMES[3]),
        CLASSES,
    )
    assert finding is not None
    assert finding.facts["swaps"] == "Hats → Basketball, Basketball → Hats"


def test_a_renaming_is_told_with_what_it_costs() -> None:
    """Where a name means another class, its own images are not right any more."""
    alphabetical = sorted(NAMES)
    answers = answers_where(lambda truth, n: NAMES[truth] if n < 30 else alphabetical[truth])
    finding = label_order(answers, CLASSES)
    assert finding is not None
    meant = {name: NAMES[place] for place, name in enumerate(alphabetical)}
    right = sum(
        answer.answer is not None and meant[answer.answer] == answer.truth for answer in answers
    )
    assert finding.facts["other"] == str(right) and right < 130


def test_one_more_folder_in_training_and_folders_read_as_words_are_found() -> None:
    extra = answers_where(lambda truth, n: NAMES[min(truth + 1, 25)] if truth > 3 else NAMES[truth])
    finding = label_order(extra, CLASSES)
    assert finding is not None and "one more folder before 00_04" in finding.hint
    order = sorted(range(26), key=str)
    words = label_order(answers_where(lambda truth, n: NAMES[order.index(truth)]), CLASSES)
    assert words is not None and "0, 1, 10, 11" in words.hint


def test_one_answer_for_everything_is_named() -> None:
    finding = diagnosis.constant(answers_where(lambda truth, n: NAMES[0]))
    assert finding is not None
    assert finding.facts["answer"] == "Plastic Bottle"
    assert diagnosis.constant(make.answers(100)) is None


def test_outputs_that_hardly_differ_are_those_of_a_network_without_its_weights() -> None:
    generator = np.random.default_rng(0)
    untrained = generator.normal(0, 0.5, (5, 26)).astype(np.float32)
    finding = diagnosis.near_uniform(untrained)
    assert finding is not None
    assert finding.code == "weights-not-loaded"
    assert "by chance it would have 4%" in finding.message
    assert "随机时为 4%" in finding.said_in("zh").message
    assert diagnosis.near_uniform(np.zeros((5, 26), np.float32)) is not None
    assert diagnosis.near_uniform(np.array([[0.9, 0.1]], np.float32)) is None


@given(st.integers(0, 2**32), st.booleans())
def test_a_network_that_decides_has_its_weights(seed: int, as_shares: bool) -> None:
    """Also where every decision is wrong, and whether it gives logits or probabilities."""
    generator = np.random.default_rng(seed)
    outputs = generator.normal(0, 1, (5, 26))
    outputs[np.arange(5), generator.integers(0, 26, 5)] += 6
    if as_shares:
        powers = np.exp(outputs)
        outputs = powers / powers.sum(axis=1, keepdims=True)
    assert diagnosis.near_uniform(outputs.astype(np.float32)) is None


@given(arrays(np.float32, array_shapes(min_dims=0, max_dims=3, min_side=0)))
def test_whatever_a_network_gives_is_looked_at_without_an_error(
    outputs: NDArray[np.float32],
) -> None:
    finding = diagnosis.near_uniform(outputs)
    assert finding is None or finding.code == "weights-not-loaded"


def test_an_image_that_gets_two_answers_is_counted() -> None:
    answers = make.answers(130)
    again = {a.image: a.answer for a in answers[:13]}
    assert diagnosis.nondeterministic(answers, again) is None
    finding = diagnosis.nondeterministic(answers, {**again, answers[0].image: NAMES[3]})
    assert finding is not None
    assert (finding.facts["count"], finding.facts["total"]) == ("1", "13")


def test_case_and_blanks_are_forgiven_and_chinese_names_accepted() -> None:
    vocabulary = Vocabulary(CLASSES)
    assert vocabulary.name(" plastic  BOTTLE\n") == "Plastic Bottle"
    assert vocabulary.name("塑料瓶") == "Plastic Bottle"
    assert vocabulary.name("Plastic Bottles") is None
    assert vocabulary.nearest("Plastic Bottles") == "Plastic Bottle"
    assert vocabulary.name("0") is None
    assert vocabulary.name("") is None


UNSEEN = "\ufeff\u200b\u2060\u00ad\u200e\u3164\ufe0f\r\u3000\u00a0\u2010"


@given(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(UNSEEN))),
    st.booleans(),
)
def test_what_shows_nothing_and_full_width_forms_make_no_other_word(
    name: str, hidden: list[tuple[int, str]], wide: bool
) -> None:
    word = name
    if wide:
        word = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" for c in name)
    for place, character in hidden:
        word = word[:place] + character + word[place:]
    assert Vocabulary(CLASSES).name(word) == name


@given(st.text())
def test_any_word_is_a_class_or_none(word: str) -> None:
    vocabulary = Vocabulary(CLASSES)
    assert vocabulary.name(word) in {*NAMES, None}
    assert vocabulary.nearest(word) in {*NAMES, None}


@pytest.mark.parametrize(("seconds", "asked"), [(60, 26 + 13 + 26), (1e-6, 26)])
def test_asking_more_takes_no_more_than_its_share_of_time(
    tmp_path: Path, seconds: float, asked: int
) -> None:
    """A submission that reads the other order better is asked for all images in it, if time
    allows.
    """
    swapped = submissions.honest().replace("image[0, 0, 0]", "image[0, 0, 2]")
    main = swapped.replace("    return", "    print('asked')\n    return")
    folder = submissions.submission(tmp_path / "ann", {"main.py": main})
    hidden, out = submissions.colours(tmp_path / "hidden", each=1), tmp_path / "out"
    done = submissions.grade(
        folder, "--hidden", hidden, "--out", out, "--set", "interface.lenet5=''",
        "--set", f"limits.diagnosis={seconds:.6f}",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert (out / "logs" / "ann.txt").read_text().splitlines().count("asked") == asked


@pytest.mark.parametrize(("differ", "told"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_state_between_calls_shows_in_most_images_that_are_asked_alone(
    differ: int, told: bool
) -> None:
    answers = make.answers(0, total=3)
    alone = {one.image: one.truth if n < differ else one.answer for n, one in enumerate(answers)}
    finding = diagnosis.state_between_calls(answers, alone, "predict")
    assert (finding is not None) == told
    assert diagnosis.state_between_calls(answers, {}, "predict") is None
