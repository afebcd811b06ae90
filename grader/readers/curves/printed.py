"""Loss and accuracy in what a training prints: MindSpore, PyTorch, Keras, and free sentences in
English and Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from grader.readers.curves.series import ACCURACY_WORDS, LOSS_WORDS, Point, Series

MAX_LINE_CHARS = 2_000  # characters of a line that are looked at
MAX_LINES = 100_000  # of a text: 50 epochs of MNIST in batches of 32, each step printed
MAX_SERIES = 24  # series of one text; what bears further names is left out

_PHASES = (
    ("train", r"train(?:ing)?|训练集?"),
    ("val", r"val(?:id(?:ation)?)?|验证集?"),
    ("test", r"test(?:ing)?|测试集?"),
    ("eval", r"eval(?:uation)?"),
)
_PHASE = "|".join(words for _, words in _PHASES)
_MORE = r"avg|average|mean|total|running|best|final|top|epoch|平均|总|最佳|最终|最高|当前"
_WORDS = rf"(?:(?:{_PHASE}|{_MORE})(?:\s{{1,3}}|(?<=[\u4e00-\u9fff])[的上]{{0,2}})){{0,3}}"
_NAME = (
    rf"(?<![A-Za-z0-9_]){_WORDS}(?:[A-Za-z0-9]{{1,16}}[_/.\-]){{0,4}}"
    rf"(?:{LOSS_WORDS}|{ACCURACY_WORDS})(?:[_/](?:{_PHASE}))?"
)
_ABOUT = r"(?:\s?[(（][^()（）\d]{1,20}[)）]|\s(?:of|on|in)\s[^:：=]{1,80}(?=[:：=]))?"
_IS = (
    r"(?:[\"'\]]?\s{0,3}(?:[:=：]|is\b|was\b|为|是|达到了?)\s{0,3}[:：=]?\s{0,12}"
    r"|\s{1,12}|(?<=[率度值失]))"
)
_OPEN = r"(?:[\[({]\s{0,3}|tensor\(|np\.\w{5,10}\(|Tensor\([^)]{0,80}?value\s?=\s{0,3}){0,2}"
_NUMBER = r"[-+]?(?:\d{1,12}(?:\.\d{0,20})?|\.\d{1,20})(?:e[-+]?\d{1,3})?|nan|[-+]?inf"
_OF = r"\s?/\s?(?P<total>\d{1,9})(?![\d.])|\s{0,2}(?P<percent>[%％])"
_TO = r"[\"']?\s{0,3}[:=：#]?\s{0,3}[\[(]?\s{0,6}"  # from a word to its number

_TOKEN = re.compile(
    rf"(?P<name>{_NAME}){_ABOUT}{_IS}{_OPEN}(?P<value>{_NUMBER})(?![A-Za-z\d])(?:{_OF})?"
    rf"|(?:(?<![A-Za-z])epoch{_TO}|(?:轮次|轮数){_TO}|第\s?(?=\d{{1,6}}\s?(?:个\s?)?(?:轮|epoch)))"
    r"(?P<epoch>\d{1,6})(?:\s{0,3}/\s{0,3}\d{1,6})?"
    r"(?:\]?\s{0,3}[\[(]\s{0,6}(?P<done>\d{1,9})\s{0,3}/\s{0,3}(?P<all>\d{1,9}))?"
    rf"|(?:(?<![A-Za-z])(?:step|iter(?:ation)?|batch){_TO}|步数?{_TO}|第\s?(?=\d{{1,9}}\s?步))"
    r"(?P<step>\d{1,9})"
    rf"|(?<![A-Za-z])(?P<phase>{_PHASE})(?![a-z])",
    re.IGNORECASE,
)
_TELLING = re.compile(rf"epoch|轮|{LOSS_WORDS}|{ACCURACY_WORDS}", re.IGNORECASE)
_ESCAPE = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_OVERWRITTEN = re.compile(r"[\r\b]+")
_JOINED = re.compile(r"[_/.]")
_PHASE_OF = [(name, re.compile(words, re.IGNORECASE)) for name, words in _PHASES]


def read_printed(text: str, cell: int = 0) -> list[Series]:
    """The series in `text`. Of a line that was overwritten, as progress bars are, the last state
    counts; where no curve comes of that, every state.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    overwritten = "\r" in text or "\b" in text
    found = _read(map(_last_state, lines) if overwritten else lines, cell)
    if overwritten and not any(len(series.points) > 1 for series in found):
        return _read((state for line in lines for state in _OVERWRITTEN.split(line)), cell)
    return found


def _last_state(line: str) -> str:
    states = _OVERWRITTEN.split(line)
    return next(
        (state for state in reversed(states) if _TELLING.search(state[:MAX_LINE_CHARS])), ""
    )


def _read(lines: Iterable[str], cell: int) -> list[Series]:
    """An epoch holds until the next; one that goes back to the first begins another training."""
    found: dict[tuple[str, bool, int], Series] = {}
    epoch: float | None = None
    run = 1
    telling = (line for whole in lines if _TELLING.search(line := whole[:MAX_LINE_CHARS]))
    for line in islice(telling, MAX_LINES):
        named, stated, step = _line(_ESCAPE.sub("", line) if "\x1b" in line else line)
        if stated is not None:
            run += epoch is not None and stated < 2 and stated < int(epoch)
            epoch = stated
        for name, value in named:
            key = (name.lower(), step is None, run)
            if key not in found and len(found) >= MAX_SERIES:
                continue
            series = found.setdefault(key, Series(name, cell, run))
            series.points.append(Point(value, epoch, step))
    return list(found.values())


def _line(line: str) -> tuple[list[tuple[str, float]], float | None, int | None]:
    """Names and values in a line, its epoch and its step."""
    named: list[tuple[str, float]] = []
    epoch: float | None = None
    step: int | None = None
    phase = ""
    for token in _TOKEN.finditer(line):
        if (name := token["name"]) is not None:
            own = _phase_of(name)
            named.append((name if own or not phase else f"{phase} {name}", _value(token)))
            if own and not _JOINED.search(name):  # "train loss 1 acc 2", not "train_loss=1 acc=2"
                phase = own
        elif token["epoch"]:
            epoch = float(token["epoch"])
            if token["all"] and 0 < int(token["all"]) >= int(token["done"]):
                epoch += int(token["done"]) / int(token["all"])
        elif token["step"]:
            step = int(token["step"])
        else:
            phase = _phase_of(token["phase"])
    return named, epoch, step


@lru_cache(maxsize=256)
def _phase_of(name: str) -> str:
    return next((phase for phase, words in _PHASE_OF if words.search(name)), "")


def _value(token: re.Match[str]) -> float:
    value = float(token["value"])
    if token["percent"]:
        return value / 100
    if token["total"] and int(token["total"]) > 1 and value.is_integer():
        return value / int(token["total"])
    return value
