"""Whose hand-in it is: a student's number and name from the name of a folder or archive.

`identify` knows the names that learning platforms give to what they export, then looks for a
number and a name in what is left. Sources of the patterns: the export of each platform as its
documentation and real exports show it (Canvas "Download submissions", Moodle "Download all
submissions", Blackboard "Assignment file download", Gradescope "Export submissions").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

ID_BYTES = 100  # of UTF-8: leaves room for suffixes such as ".json.part" in 255
NAME_LENGTH = 40  # characters of a student's name that are kept
READ = 300  # characters of a name that are looked at; file systems allow 255


@dataclass(frozen=True)
class Student:
    """A student as far as known; both may be empty."""

    number: str = ""
    name: str = ""


# Platforms. Named groups: `who` a name, `user` a login or number, `rest` more text to look into.
_MOODLE = re.compile(r"(?P<who>.+?)_\d+_assignsubmission_[a-z]+(?:_(?P<rest>.*))?")
_BLACKBOARD = re.compile(r".*?_(?P<user>[^_]+)_attempt_\d{4}(?:-\d\d){5}(?:_(?P<rest>.*))?")
_CANVAS = re.compile(r"(?P<who>[^\W\d_][^\W_]*)(?:_LATE)?_\d+_\d+_(?P<rest>.+)")
_GRADESCOPE = re.compile(r"submission_\d+")

# A student number: 7 to 12 digits, some universities with up to three letters before them. What
# reads like a date is none: no number is better than a wrong one in the grades.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])([A-Za-z]{0,3}[0-9]{7,12})(?![0-9])")
_DATE = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4})?")
_NUMERALS = "0-9一二三四五六七八九十"

# Words that name the work, not the student. Chinese ones are cut out wherever they stand.
_WORK_CHINESE = re.compile(
    rf"(?:第[{_NUMERALS}]+[次个]?)?(?:大作业|小作业|作业|实验|课程设计|项目|任务)(?:报告)?[{_NUMERALS}]*"
    r"|垃圾分类|垃圾|分类|人工智能|机器学习|深度学习|神经网络|手写数字|识别|检测|系统|算法|模型|课程"
    r"|提交|代码|报告|最终版?|终版|修改版?|新版|副本|压缩包?|文件夹?|附件|学号|姓名|班级?|新建|未命名"
)
_WORK_LATIN = re.compile(
    r"(?:lab|hw|homework|assignment|assign|exp|experiment|project|proj|task|part|week|ex|v|ver"
    r"|version|final|new|old|copy|of|submission|submit|attempt|late|main|code|src|source|results?"
    r"|report|lenet|lenet5|garbage|classif(?:y|ier|ication)|mindspore|pytorch|torch|tensorflow|ai"
    r"|ml|dl|mobilenet|mobilenetv2|py|ipynb|zip|the|my|untitled|folder|handin|hand|in|onnx|utils?"
    r"|tools?|models?|nets?|networks?|data|datasets?|train|test|val|valid|lib|configs?|logs?|figs?"
    r"|figures?|images?|imgs?|pics?|docs?|checkpoints?|ckpts?|weights?|notebooks?|mnist|backup)"
    r"[0-9]*",
    re.IGNORECASE,
)
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af·"
_TOKEN = re.compile(rf"[{_CJK}]+|[^\W\d_{_CJK}]+(?:['’.\-][^\W\d_{_CJK}]+)*\.?", re.UNICODE)
# The hundred most common family names (Ministry of Public Security, 2020) and the usual compounds.
_FAMILIES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕"
    "丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺毛郝顾龚邵万覃武钱戴"
    "严莫孔向汤欧司上诸皇尚"
)


def identify(name: str) -> Student:
    """The student that the name of a folder or archive (without its suffix) tells.

    Total and pure; empty where nothing is told.
    """
    text = unicodedata.normalize("NFC", name[:READ]).strip()
    if match := _MOODLE.fullmatch(text):
        return _with(match["who"], match["rest"] or "")
    if match := _BLACKBOARD.fullmatch(text):
        user = match["user"]
        if _NUMBER.fullmatch(user):
            return Student(user, _search(match["rest"] or "").name)
        found = _search(match["rest"] or "")
        return Student(found.number, found.name or clean(user, NAME_LENGTH))
    if _GRADESCOPE.fullmatch(text):
        return Student()
    if (match := _CANVAS.fullmatch(text)) and not _WORK_LATIN.fullmatch(match["who"]):
        return _with(match["who"], match["rest"])
    return _search(text)


def names_work(text: str) -> bool:
    """Whether a name tells of the work ("lenet5", "实验二") and of no person."""
    tokens = (match[0] for match in _TOKEN.finditer(text))
    work = _WORK_CHINESE.search(text) or any(_WORK_LATIN.fullmatch(token) for token in tokens)
    return bool(work) and identify(text) == Student() and not recognised(text)


def recognised(name: str) -> bool:
    """Whether `name` is surely a student's: a number, a Chinese name or a platform's pattern."""
    text = unicodedata.normalize("NFC", name[:READ]).strip()
    if any(pattern.fullmatch(text) for pattern in (_MOODLE, _BLACKBOARD, _GRADESCOPE)):
        return True
    student = identify(text)
    if student.number or _family(student.name):
        return True
    canvas = _CANVAS.fullmatch(text)
    return canvas is not None and not _WORK_LATIN.fullmatch(canvas["who"])


def _with(who: str, rest: str) -> Student:
    """A student whom the platform named `who`; a number or a Chinese name may follow in `rest`."""
    first, second = _search(who), _search(rest)
    name = first.name or clean(who, NAME_LENGTH)
    if _chinese(second.name) and not _chinese(name):
        name = second.name
    return Student(first.number or second.number, name)


def _search(text: str) -> Student:
    """Number and name anywhere in `text`."""
    numbers = [match for match in _NUMBER.finditer(text) if not _DATE.fullmatch(match[1])]
    if not numbers:
        return Student("", _name(text))
    number = numbers[0]
    return Student(number[1], _name(f"{text[: number.start()]} {text[number.end() :]}"))


def _name(text: str) -> str:
    """The most likely name: Chinese with a known family name, other Chinese, Latin words."""
    tokens = [match[0] for match in _TOKEN.finditer(_WORK_CHINESE.sub(" ", text))]
    chinese = [clean(token, NAME_LENGTH).strip("·") for token in tokens if _chinese(token)]
    chinese = [token for token in chinese if 2 <= len(token) <= 15]
    for token in chinese:
        if _family(token):
            return token
    if chinese:
        return chinese[0]
    words = [token for token in tokens if not _WORK_LATIN.fullmatch(token) and len(token) > 1]
    return clean(" ".join(words), NAME_LENGTH)


def _family(name: str) -> bool:
    return 2 <= len(name) <= 4 and name[0] in _FAMILIES


def _chinese(text: str) -> bool:
    return re.search(f"[{_CJK}]", text) is not None


def clean(text: str, limit: int) -> str:
    """`text` as one line of letters, marks, digits and a little punctuation, `limit` characters."""
    kept = (c if c in " '’.-_·" or c.isalnum() or _mark(c) else " " for c in text)
    return " ".join("".join(kept).split())[:limit].strip(" ._-'’")


def _mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc") and character not in _INVISIBLE


# Letters and marks that show nothing: a name of them alone would look empty.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def safe_id(text: str) -> str:
    """`text` as an id: a file name on Linux and Windows, NFC, never empty, Chinese kept.

    At most ID_BYTES bytes of UTF-8; what is neither letter, mark, digit nor one of "-.()" becomes
    "_". `safe_id(safe_id(x)) == safe_id(x)`.
    """
    text = unicodedata.normalize("NFC", text[:READ])
    kept = "".join(_kept(character) for character in text)
    kept = unicodedata.normalize("NFC", kept)  # leaving characters out can bring others together
    kept = re.sub(r"_{2,}", "_", kept)
    while len(kept.encode()) >= ID_BYTES:
        kept = kept[:-1]
    kept = _trimmed(kept)
    if not kept:
        return "handin"
    return f"{kept}_" if _RESERVED.fullmatch(kept) else kept


def _kept(character: str) -> str:
    if character in _INVISIBLE:
        return ""
    if character in "-.()" or unicodedata.category(character)[0] in "LNM":
        return character
    return "_"


def _trimmed(text: str) -> str:
    """`text` without what must not stand at its ends: dots hide or vanish, a dash is an option."""
    text = text.rstrip("._-").lstrip("._-")
    while text and unicodedata.category(text[0])[0] == "M":
        text = text[1:].lstrip("._-")
    return text


def unique(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or with "-2", "-3", … the first of which no other spelling is in `taken`.

    `taken` holds ids in `str.casefold`: file systems of Windows and macOS know no capitals.
    """
    candidate, number = wanted, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def id_for(student: Student, name: str) -> str:
    """The id of a hand-in: number and name where its name surely tells them, else the name of its
    folder as it is, since "student1" and "student2" differ in what no rule takes for a name.
    """
    told = "_".join(part for part in (student.number, student.name) if part)
    return safe_id(told if told and (student.number or recognised(name)) else name)
