"""Whatever is handed back to students tells each of nobody else, and nothing of the hidden set."""

from __future__ import annotations

import base64
import dataclasses
import email
import html
import re
import zipfile
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import from_regex, lists

from grader.evidence import Origin, Stage, Submitter
from grader.evidence.findings import make_finding
from grader.report import Context, Result, exports
from grader.report.exports.sending import ADDRESS
from grader.report.pages import ReportPages
from grader.report.text import for_cell
from grader.scoring import grade
from tests.report import make

SPY = "spyword"  # in every name and label of the hidden set, and in every log


def student(place: int, platform: str, **told: str) -> Result:
    """One whose evidence knows hidden images, and another student by name."""
    lab = make.assignment()
    evidence = make.one(20 + place)
    who = Submitter(
        name=f"Family{place:02}", number=f"33000000{place:02}", key=f"9900{place:02}",
        email=f"person{place:02}@x.example",
    ).model_copy(update=told)  # fmt: skip
    origin = Origin(platform=platform, submitters=(who,), upload=f"7700{place:02}")
    submission = evidence.submission.model_copy(
        update={"origin": origin, "id": f"row{place:02}", "name": who.name, "number": who.number}
    )
    answers = tuple(
        answer.model_copy(
            update={"image": f"{SPY}/{answer.image}", "truth": f"{SPY} {answer.truth}"}
        )
        for answer in evidence.answers
    )
    findings = (
        *evidence.findings,
        make_finding("similar-code", other=f"row{1 - place % 2:02}"),
        make_finding("predict-failed", error=f"no {answers[0].image}", count=1, total=130),
    )
    evidence = evidence.model_copy(
        update={"submission": submission, "answers": answers, "findings": findings,
                "stage": Stage.DONE, "stopped": "", "trouble": None}
    )  # fmt: skip
    log = f"{SPY} Family{1 - place % 2:02}"
    return Result(evidence, grade(evidence, lab.policy, len(lab.classes)), log)


@pytest.fixture
def lab(context: Context, tmp_path: Path) -> Context:
    return dataclasses.replace(context, kept=tmp_path / "pictures")


def handed_back(
    way: str, results: list[Result], context: Context, to: Path
) -> dict[str, list[bytes]]:
    """What is in one export, by the file of the zip: its bytes, and those of what is in it."""
    exports.WAYS_BACK[way](results, to, context)
    with zipfile.ZipFile(to) as pack:
        return {name: [name.encode(), *_inside(name, pack.read(name))] for name in pack.namelist()}


def _inside(name: str, data: bytes) -> Iterator[bytes]:
    yield data
    if name.endswith(".eml"):
        for part in email.message_from_bytes(data).walk():
            if not part.is_multipart():
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                yield payload
    yield html.unescape(data.decode("utf-8-sig", "replace")).encode()


WAYS = [("moodle-feedback", "moodle"), ("canvas-feedback", "canvas"), ("mail", ""),
        ("student-pages", "")]  # fmt: skip


@pytest.mark.parametrize(("way", "platform"), WAYS)
def test_nobody_reads_of_others_or_of_the_hidden_set(
    way: str, platform: str, lab: Context, hidden: Path, tmp_path: Path
) -> None:
    mine = [student(number, platform) for number in range(4)]
    pictures = [path.read_bytes() for path in hidden.rglob("*.jpg")]
    secrets = [SPY.encode(), b"data:image", b"similar-code"]
    secrets += [path.name.encode() for path in hidden.rglob("*.jpg")]
    secrets += [base64.b64encode(data[600:696]) for data in pictures]
    secrets += [data[600:696] for data in pictures]
    whose: dict[str, int] = {}
    for name, parts in handed_back(way, mine, lab, tmp_path / "f.zip").items():
        data = b"\0".join(parts)
        assert not [secret for secret in secrets if secret in data], name
        if name == "merge.csv":  # the teacher's own: who gets which page
            continue
        words = [_words(result) for result in mine]
        told = [n for n, theirs in enumerate(words) if any(word in data for word in theirs)]
        assert len(told) == 1, (name, told)
        whose[name] = told[0]
    assert sorted(set(whose.values())) == [0, 1, 2, 3]


def _words(result: Result) -> list[bytes]:
    """What tells who it is about."""
    submission = result.evidence.submission
    (who,) = submission.origin.submitters
    told = (who.name, who.number, who.key, who.email, submission.id, submission.digest)
    return [word.encode() for word in told]


def test_the_staffs_page_has_what_is_searched_for(lab: Context) -> None:
    page = ReportPages(lab).staff(student(0, ""))
    assert all(word in page for word in (SPY, "similar-code", "row01", "Family01"))


@pytest.mark.parametrize(
    ("way", "platform", "told"),
    [("moodle-feedback", "moodle", {"key": "9"}), ("canvas-feedback", "canvas", {"key": "9"}),
     ("mail", "", {"email": "Both@x.example"}), ("student-pages", "", {"number": "1"})],
)  # fmt: skip
def test_what_two_have_in_common_brings_neither_the_page_of_the_other(
    way: str, platform: str, told: dict[str, str], lab: Context, tmp_path: Path
) -> None:
    lower = {name: text.casefold() for name, text in told.items()}
    both = [student(0, platform, **told), student(1, platform, **lower)]
    alone = student(2, platform)
    made = exports.WAYS_BACK[way]([both[0], alone, both[1]], tmp_path / "f.zip", lab)
    with zipfile.ZipFile(tmp_path / "f.zip") as pack:
        text = b"".join(pack.read(name) for name in pack.namelist()).decode("utf-8", "replace")
    assert "Family02" in text and "Family00" not in text and "Family01" not in text
    (said,) = made.told(["row00", "row01", "row02"])
    assert said.facts["ids"] == "row00, row01" and "same key or address" in said.said_in("en")
    with pytest.raises(exports.NobodyError, match="row00, row01"):
        exports.WAYS_BACK[way](both, tmp_path / "g.zip", lab)
    assert not (tmp_path / "g.zip").exists()


NO_ADDRESSES = [
    *("a@[", "a@[b", "a@(b", "=?utf-8?q?=0aBcc=3a_x?=@b", "=?utf-8?q?person00?=@x.example"),
    *("person00@x.example.", "person00(x)@x.example", '"person00"@x.example', "a..b@x.example"),
    *("a@b@c", "a@-b", "a@b..c", "张三@x.example", "a@张三.example", "a\\@b", "a@b\x00", "a@b\n"),
    *("+a@b", "=1@b", "a@b\u2028c", "\ud800@b", f"{'a' * 65}@b", f"a@{'b.' * 120}c", "no address"),
]


def test_who_has_no_address_is_told_and_the_others_get_their_pages(
    lab: Context, tmp_path: Path
) -> None:
    mine = [student(number, "") for number in range(2)]
    odd = [student(2 + at, "", email=text) for at, text in enumerate(NO_ADDRESSES)]
    made = exports.WAYS_BACK["mail"]([*odd[:3], *mine, *odd[3:]], tmp_path / "f.zip", lab)
    with zipfile.ZipFile(tmp_path / "f.zip") as pack:
        messages = [n for n in pack.namelist() if n.endswith(".eml")]
        to = [email.message_from_bytes(pack.read(n), policy=policy.default)["To"] for n in messages]
    assert [str(one) for one in to] == ["person00@x.example", "person01@x.example"]
    ids = [result.grade.id for result in odd]
    assert made.unreached == dict.fromkeys(ids, "address")
    (said,) = made.told(ids)
    assert ids[0] in str(said.facts["ids"]) and "their address" in said.said_in("en")
    with pytest.raises(exports.NobodyError, match="their address"):
        exports.WAYS_BACK["mail"](odd, tmp_path / "g.zip", lab)


WORDS = from_regex(r"[A-Za-z0-9_][A-Za-z0-9_'+-]{0,20}", fullmatch=True)
LABELS = from_regex(r"[A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?", fullmatch=True)


@given(lists(WORDS, min_size=1, max_size=3), lists(LABELS, min_size=1, max_size=3))
def test_an_address_is_sent_as_it_is_compared(local: list[str], domain: list[str]) -> None:
    address = f"{'.'.join(local)}@{'.'.join(domain)}"
    assert ADDRESS.fullmatch(address)
    message = EmailMessage()
    message["To"] = address
    sent = email.message_from_bytes(message.as_bytes(), policy=policy.default)["To"]
    assert [one.addr_spec for one in sent.addresses] == [address]
    assert for_cell(address) == address


@pytest.mark.parametrize("way", ["moodle", "canvas"])
def test_a_key_in_another_writing_is_the_same_key_or_none(
    way: str, lab: Context, tmp_path: Path
) -> None:
    keys = ["9", "09", "\u0669", "../../9", "7"]
    mine = [student(at, way, key=key) for at, key in enumerate(keys)]
    made = exports.WAYS_BACK[f"{way}-feedback"](mine, tmp_path / "f.zip", lab)
    assert [page.id for page in made.pages] == ["row04"]
    assert list(made.shared) == ["row00", "row01"] and list(made.unreached) == ["row02", "row03"]


def test_a_folder_of_pages_has_names_that_stay_and_that_nobody_guesses(
    lab: Context, tmp_path: Path
) -> None:
    mine = [student(number, "") for number in range(3)]
    names = list(handed_back("student-pages", mine, lab, tmp_path / "f.zip"))
    shapes = [rf"33000000{n:02}_Family{n:02}_[0-9a-f]{{32}}\.html" for n in range(3)]
    assert all(re.fullmatch(*pair) for pair in zip(shapes, names, strict=True))
    assert len({name[-37:] for name in names}) == 3
    key = tmp_path / ".names.key"
    assert key.stat().st_mode & 0o777 == 0o600
    # The same student by another submission, in another language: the name stays.
    submission = mine[0].evidence.submission.model_copy(update={"id": "row77"})
    evidence = mine[0].evidence.model_copy(update={"submission": submission})
    again = [Result(evidence, mine[0].grade.model_copy(update={"id": "row77"})), *mine[1:]]
    other = dataclasses.replace(lab, language="zh")
    assert list(handed_back("student-pages", again, other, tmp_path / "f.zip")) == names
    made = exports.WAYS_BACK["student-pages"](mine, tmp_path / "f.zip", lab)
    assert [page.news for page in made.pages] == ["changed", "same", "same"]
    # Of another folder nothing follows; nor of a secret that a full disk cut short.
    key.write_text("", encoding="ascii")
    assert not set(handed_back("student-pages", mine, lab, tmp_path / "f.zip")) & set(names)
