"""Whatever comes in, what comes out cannot change the meaning of what is around it."""

# ruff: noqa: S314 - reads back what was written here

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import grader
from grader.report import text
from grader.report.templating import environment

# Any character, lone surrogates too; with a leaning to those that do harm.
NASTY = (
    "<>&\"'`=+-@|;,\t\r\n\\/\x00\x07\x1b\x7f\x9b\u202e\u2066\u200b\u2028\ufeff\ud800\udfff%[]{}."
)
anything = st.text(
    st.one_of(st.sampled_from(NASTY), st.characters(codec=None, exclude_categories=())), max_size=60
)
HARMLESS_FORMAT = "\u200c\u200d"  # joiners: Persian, emoji


@given(anything)
def test_what_is_made_visible_holds_nothing_that_steers(word: str) -> None:
    shown = text.visible(word)
    for character in shown:
        category = unicodedata.category(character)
        assert category != "Cs"
        assert category != "Cc" or character in "\n\t"
        assert unicodedata.bidirectional(character) not in {
            *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        }
    shown.encode("utf-8")


@given(anything)
def test_making_visible_twice_is_making_visible_once(word: str) -> None:
    assert text.visible(text.visible(word)) == text.visible(word)


@given(st.text(st.characters(whitelist_categories=("L", "N", "P", "S", "Zs")), max_size=60))
def test_ordinary_text_of_any_language_stays_as_it_is(word: str) -> None:
    unseen = {"\u115f", "\u1160", "\u3164", "\uffa0"}  # letters of Hangul that show nothing
    if not unseen & set(word):
        assert text.visible(word) == word


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.said += data


PAGE = environment().from_string('<p title="{{ word }}">{{ word }}</p>')


@given(anything)
def test_in_a_page_text_is_text(word: str) -> None:
    reader = Reader()
    reader.feed(PAGE.render(word=word))
    reader.close()
    assert reader.tags == [("p", [("title", text.visible(word))])]
    assert reader.said == text.visible(word)


@given(st.recursive(anything, lambda inner: st.lists(inner) | st.dictionaries(anything, inner)))
def test_json_in_a_script_element_ends_nothing_and_reads_back(value: object) -> None:
    inside = text.for_script(value)
    assert not re.search(r"[<>&\u2028\u2029]", inside)
    assert json.loads(inside) == text.for_json(value)
    inside.encode("utf-8")


ESCAPES = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;new title\x07",
    "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H",
    "\x9b31mred",
    "\x1bP+q544e\x1b\\",
    "\x1bc",
    "\x1b(0lqk",
    "\rover\b\b",
)


@pytest.mark.parametrize("word", ESCAPES)
def test_a_terminal_is_not_steered(word: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text.for_terminal(word))


def test_words_between_escape_sequences_stay() -> None:
    assert text.for_terminal("\x1b[31mred\x1b[0m \x1b]0;title\x07blue") == "red blue"


@given(anything)
def test_any_text_leaves_a_terminal_alone(word: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text.for_terminal(word))


@given(anything)
def test_rich_reads_no_markup_in_text(word: str) -> None:
    word = word.replace("\t", " ")  # rich turns tabs into spaces
    out = io.StringIO()
    console = Console(file=out, width=10_000, color_system="truecolor", force_terminal=True)
    console.print(text.for_rich(word) + "[bold]![/]", highlight=False, emoji=False, end="")
    assert out.getvalue() == f"{text.for_terminal(word)}\x1b[1m!\x1b[0m"


@given(anything)
def test_no_cell_is_a_formula(word: str) -> None:
    cell = text.for_cell(word)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not cell.startswith(("\t", "\r"))
    out = io.StringIO()
    csv.writer(out).writerow([cell])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [cell]


@given(st.text(alphabet='x=+-@＝;,|\t\r\n "\u3000'))
def test_no_cell_is_a_formula_where_other_signs_end_one(word: str) -> None:
    for part in re.split(r"[,;|\t\n]", text.for_cell(word)):
        assert not part.lstrip(' \u3000"').startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert text.for_cell(text.for_cell(word)) == text.for_cell(word)


def test_many_line_ends_are_guarded_in_no_time() -> None:
    assert text.for_cell("x" + '\n; "' * 500_000).count("'") == 0


def test_a_guarded_cell_still_says_what_was_said() -> None:
    assert text.for_cell("=1+1") == "'=1+1"
    assert text.for_cell("张三") == "张三"
    assert text.for_cell("x;=1+1;\t=2+2") == "x;'=1+1;\t'=2+2"
    assert text.for_cell("a-b; c=d, e@f | 3 - 2") == "a-b; c=d, e@f | 3 - 2"


@given(anything)
def test_xml_takes_it(word: str) -> None:
    element = ET.Element("a")
    element.text = text.for_xml(word)
    assert (ET.fromstring(ET.tostring(element)).text or "") == text.for_xml(word)


RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")


@given(anything)
def test_a_file_name_is_one_name_on_any_system(word: str) -> None:
    name = text.file_name(word)
    assert 0 < len(name.encode("utf-8")) <= 120
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert not RESERVED.match(name)
    assert name not in (".", "..")
    assert not name.startswith((".", "-", " ")) and not name.endswith((".", " "))


@given(anything, anything)
def test_two_texts_have_two_file_names(one: str, other: str) -> None:
    if unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", other):
        assert text.file_name(one) != text.file_name(other)


@pytest.mark.parametrize("word", ["3220100000-7", "张三_3220100000", "a.b"])
def test_a_good_name_is_kept(word: str) -> None:
    assert text.file_name(word) == word


@given(anything, st.integers(1, 50))
def test_one_line_is_one_short_line(word: str, limit: int) -> None:
    line = text.one_line(word, limit)
    assert len(line) <= limit and "\n" not in line and "\t" not in line


def test_no_word_of_a_message_becomes_an_emoji_in_the_terminal() -> None:
    """OpenCV writes ":-1:" into its messages."""
    sources = [
        path.read_text(encoding="utf-8") for path in Path(grader.__file__).parent.rglob("*.py")
    ]
    made = [call for text in sources for call in re.findall(r"\bConsole\(([^)]*)\)", text)]
    assert made
    assert all("emoji=False" in call for call in made)
