"""Every sentence of the pages exists in both languages and keeps its facts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from grader.evidence import Finding, Severity
from grader.evidence.findings import make_finding
from grader.evidence.vocabulary import VOCABULARY
from grader.language import Sentence
from grader.report import phrases
from tests.report import sentences

CATALOGUE = Path(phrases.__file__).parents[1] / "locale" / "zh.po"


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, abort_invalid=True) if m.id}


def test_no_sentence_lacks_its_chinese(chinese: dict[str, str]) -> None:
    missing = sorted(s for s in sentences.all_sentences() if not chinese.get(s))
    assert missing == []


def test_both_sides_name_the_same_facts(chinese: dict[str, str]) -> None:
    def facts(sentence: str) -> list[str]:
        return sorted(set(re.findall(r"\{[^}]*\}", sentence)))

    unequal = {en: zh for en, zh in chinese.items() if facts(en) != facts(zh)}
    assert unequal == {}


def test_no_sentence_takes_every_lab_for_the_first_one() -> None:
    """Function, file and classes are facts of the reader's own lab, but in these two."""
    decided = ("(default: predict)", "train and predict with the scale")
    names = re.compile(r"\bpredict\b|\bmain\.py\b|\bimport main\b|\b26\b|Plastic Bottle|[Gg]arbage")
    said = [one for one in sentences.all_sentences() if not any(part in one for part in decided)]
    assert sorted(one for one in said if names.search(one)) == []


def test_every_finding_has_a_short_title() -> None:
    assert set(phrases.FINDING) == set(VOCABULARY)


@pytest.mark.parametrize("code", VOCABULARY)
def test_a_finding_is_said_in_both_languages(code: str) -> None:
    facts = dict.fromkeys(re.findall(r"\{(\w+)\}", "".join(VOCABULARY[code][1:])), "Eggshell")
    message, hint = phrases.said_finding(make_finding(code, facts))
    assert re.search(r"[一-鿿]", message["zh"]) and not re.search(r"[一-鿿]", message["en"])
    assert "{" not in message["zh"] + hint["zh"] + message["en"]


def test_a_fact_that_is_a_sentence_of_ours_is_translated_too() -> None:
    reason = Sentence("{path} is not there", {"path": "权重.ckpt"})
    messages, _ = phrases.said_finding(make_finding("weights-not-loaded", reason=reason))
    assert messages["zh"].endswith("权重.ckpt 不存在。")
    assert messages["en"].endswith("权重.ckpt is not there.")


def test_a_sentence_may_have_facts_that_are_sentences() -> None:
    reason = Sentence("{path} is not there", {"path": Sentence("in {function}", {"function": "f"})})
    assert reason.said_in("zh") == "在 f 中 不存在"


def test_a_check_speaks_the_readers_language() -> None:
    assert phrases.two("It differs.\n不同。") == {"en": "It differs.", "zh": "不同。"}
    assert phrases.two("a\nb") == {"en": "a\nb", "zh": "a\nb"}
    assert phrases.two("there is no LeNet5 to check")["zh"] == "没有可供检查的 LeNet5"


def test_braces_in_a_fact_stay_as_they_are() -> None:
    finding = make_finding("unknown-class", said="{total}", count=1, total=2, nearest="")
    assert "'{total}'" in phrases.said_finding(finding)[0]["en"]


def test_a_code_of_another_version_keeps_its_words() -> None:
    finding = Finding(code="new-one", severity=Severity.INFO, message="So.", hint="Do.")
    assert phrases.said_finding(finding) == ({"en": "So.", "zh": "So."}, {"en": "Do.", "zh": "Do."})


def test_both_languages_are_in_the_page_and_escaped() -> None:
    html = phrases.both({"en": "<b>", "zh": "粗"})
    assert (
        html == '<span class="t" lang="en">&lt;b&gt;</span><span class="t" lang="zh-CN">粗</span>'
    )


def test_code_in_a_sentence_is_set_as_code_and_hostile_code_is_text() -> None:
    texts = {"en": "Run `<b>` now", "zh": "运行 `<b>`"}
    html = phrases.prose(texts)
    assert "Run <code>&lt;b&gt;</code> now" in html and "<b>" not in html
    assert phrases.prose({"en": "a ` b", "zh": "c ` d"}).count("<code>") == 0
