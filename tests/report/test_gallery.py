"""The gallery of wrong answers, beside each what the model says of the other order of channels."""

from __future__ import annotations

from grader.evidence import Answer, Problem
from grader.report import Context, Result
from grader.report.gallery import MAX_PICTURES, OtherOrder, gallery
from grader.report.pages import ReportPages
from grader.report.thumbnails import Thumbnails
from grader.scoring import grade
from tests.report import make

NAMES = make.assignment().names
A, B = NAMES[:2]
NO_PICTURES = Thumbnails(None)


def answer(said: str | None, other: str | None, number: int = 0) -> Answer:
    problem = None if said else Problem.RAISED
    return Answer(image=f"00_00/{number}.jpg", truth=A, answer=said, other=other, problem=problem)


def test_gains_and_losses_of_the_other_order_are_counted_over_what_was_asked() -> None:
    answers = [answer(B, A), answer(B, B), answer(None, A), answer(A, ""), answer(A, A)]
    shown = gallery([*answers, answer(A, None), answer(B, None)], "BGR", NO_PICTURES)
    assert shown.other == OtherOrder("RGB", asked=5, gained=2, lost=1)
    assert [card.other for card in shown.cards] == [A, B, A, None]


def test_where_nothing_was_asked_again_nothing_is_said_of_it() -> None:
    assert gallery([answer(B, None), answer(A, None)], "BGR", NO_PICTURES).other is None


def test_images_that_were_not_asked_are_counted_and_have_no_cards() -> None:
    silent = answer(None, None).model_copy(update={"problem": Problem.NOT_ASKED})
    shown = gallery([answer(B, None), answer(A, None), silent, silent], "BGR", NO_PICTURES)
    assert (shown.total, len(shown.cards), shown.not_asked) == (1, 1, 2)


def test_only_the_first_have_cards() -> None:
    shown = gallery([answer(B, None, n) for n in range(MAX_PICTURES + 5)], "BGR", NO_PICTURES)
    assert (shown.total, len(shown.cards), shown.left) == (MAX_PICTURES + 5, MAX_PICTURES, 5)


def test_the_page_shows_the_other_answer_and_whether_it_is_right(context: Context) -> None:
    answers = (answer(B, A, 1), answer(B, B, 2), answer(B, "", 3), answer(B, None, 4))
    evidence = make.one(12).model_copy(update={"answers": answers})
    page = ReportPages(context).staff(
        Result(evidence, grade(evidence, context.assignment.policy, 26))
    )
    cards = page.split('<ul class="gallery">')[1].split("</ul>")[0].split("<li>")[1:]
    assert ["In the order RGB" in card for card in cards] == [True, True, True, False]
    assert 'class="right"' in cards[0] and 'class="right"' not in cards[1]
    assert "no valid answer" in cards[2]
    assert "3 images were put again with the channels in the order RGB: 1 of" in page
