"""Folders and archives laid by hand: a number and a name from what they are called.

The teacher chose these names, or took them over. A roster decides what of them is a number
(`grader.intake.roster`); without one, what looks like a student number does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.evidence import Submitter
from grader.platforms.values import Claim, Platform

NAME_LENGTH = 40  # characters of a student's name that are kept
MAX_NAME_CHARS = 300  # characters of a name that are looked at; file systems allow 255


@dataclass(frozen=True)
class Student:
    """A student as far as known; both may be empty."""

    number: str = ""
    name: str = ""


# A student number: 7 to 12 digits, some universities with up to three letters before them or one
# behind. What reads like a date is none: no number is better than a wrong one in the grades.
NUMBER = re.compile(
    r"(?<![0-9A-Za-z])([A-Za-z]{0,3}[0-9]{7,12}(?:[A-Za-z](?![0-9A-Za-z]))?)(?![0-9])"
)
_DAY = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_MINUTE = re.compile(_DAY.pattern + r"(?:[01][0-9]|2[0-3])[0-5][0-9]")
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
_PARTED = re.compile(rf"(?<![{_CJK}])([{_CJK}]{{1,3}})[ \u3000]+(?=([{_CJK}]{{1,3}})(?![{_CJK}]))")
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
    text = plain(name)
    number = numbers(text)[:1]
    if not number:
        return Student("", _name(text))
    at = text.index(number[0])
    return Student(number[0], _name(f"{text[:at]} {text[at + len(number[0]) :]}"))


def plain(name: str) -> str:
    """As much of a name as is looked at, in NFC."""
    return unicodedata.normalize("NFC", name[:MAX_NAME_CHARS]).strip()


def numbers(text: str) -> list[str]:
    """What in `text` looks like a student number. Twelve digits can be a minute of a day or a
    number; they are a number where nothing else is one.
    """
    found = [match[1] for match in NUMBER.finditer(text) if not _DAY.fullmatch(match[1])]
    return [number for number in found if not _MINUTE.fullmatch(number)] or found


def names_work(text: str) -> bool:
    """Whether a name tells of the work ("lenet5", "实验二") and of no person."""
    tokens = (match[0] for match in _TOKEN.finditer(text))
    work = _WORK_CHINESE.search(text) or any(_WORK_LATIN.fullmatch(token) for token in tokens)
    return bool(work) and identify(text) == Student()


def recognised(name: str) -> bool:
    """Whether `name` is surely a student's: it has a number or a Chinese name."""
    student = identify(name)
    return bool(student.number) or _family(student.name)


def name_tokens(text: str) -> tuple[list[str], list[str]]:
    """What in `text` may be of a name: Chinese words, other words; none that tell of the work."""
    tokens = [match[0] for match in _TOKEN.finditer(_WORK_CHINESE.sub(" ", text))]
    chinese = [clean(token, NAME_LENGTH).strip("·") for token in tokens if _chinese(token)]
    words = [token for token in tokens if not _chinese(token) and not _WORK_LATIN.fullmatch(token)]
    return [token for token in chinese if 2 <= len(token) <= 15], words


def parted_names(text: str) -> list[tuple[str, str]]:
    """Chinese words with nothing but blanks between them, two at a time: they may be one name."""
    return _PARTED.findall(_WORK_CHINESE.sub("/", text))


def _name(text: str) -> str:
    """The most likely name: Chinese with a known family name, other Chinese, Latin words."""
    chinese, words = name_tokens(text)
    for token in chinese:
        if _family(token):
            return token
    if chinese:
        return chinese[0]
    return clean(" ".join(word for word in words if len(word) > 1), NAME_LENGTH)


def _family(name: str) -> bool:
    return 2 <= len(name) <= 4 and name[0] in _FAMILIES


def _chinese(text: str) -> bool:
    return re.search(f"[{_CJK}]", text) is not None


def clean(text: str, limit: int) -> str:
    """`text` as one line of letters, marks, digits and a little punctuation, `limit` characters."""
    kept = (c if c in " '’.-_·" or c.isalnum() or _mark(c) else " " for c in text)
    return " ".join("".join(kept).split())[:limit].strip(" ._-'’")


def _mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc") and character not in INVISIBLE


# Letters and marks that show nothing: a name of them alone would look empty.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}


def _read(names: Sequence[str], documents: Mapping[str, str]) -> dict[str, Claim]:
    claims = {}
    for name in names:
        student = identify(name)
        claims[name] = Claim((Submitter(name=student.name, number=student.number),), owner=name)
    return claims


FOLDERS = Platform(
    name="",
    title="folders",
    marks=lambda name: 0,
    read=_read,
    headings={
        "number": (
            *("student number", "student no", "student id", "studentid", "sis id"),
            *("matrikelnummer", "matriculation number", "roll number", "registration number"),
            *("usn", "n° étudiant", "numéro étudiant", "legajo", "matrícula"),
            *("学号", "學號", "学生学号", "學生學號", "学号/工号", "学工号", "工号", "学籍号"),
            *("номер студента", "студенческий билет", "номер зачетной книжки", "зачетка"),
            *("номер зачётной книжки", "номер залікової книжки", "номер студентського квитка"),
            *("numer albumu", "nr albumu", "studentnummer", "studentnr", "nº de matrícula"),
            *("matricola", "öğrenci no", "öğrenci numarası", "mã sinh viên", "mssv"),
            *("číslo studenta", "opiskelijanumero", "αριθμός μητρώου", "αμ"),
            *("考号", "考生号", "编号", "学生编号", "学员编号", "学员号", "学生证号", "学生帐号"),
            *("学生账号", "帳號", "账号", "帐号"),
            *("number", "id", "uid", "no", "номер"),  # last: beside others they count rows
        ),
        "name": (
            *("name", "student", "full name", "student name", "nom", "nombre", "nome"),
            *("姓名", "学生姓名", "學生姓名", "学员姓名", "中文姓名", "真实姓名", "学生", "名字"),
            *("英文名", "英文姓名", "фио", "ф.и.о.", "студент", "піб", "họ và tên", "họ tên"),
            *("имя и фамилия", "nazwisko i imię", "imię i nazwisko", "adı soyadı", "ad soyad"),
            *("nome completo", "nombre completo", "nome e cognome", "ονοματεπώνυμο"),
        ),
        "first": (
            "first name",
            "firstname",
            "given name",
            "given names",
            "forename",
            "forenames",
            "vorname",
            "prénom",
            "名",
            *("имя", "ім'я", "imię", "voornaam", "fornavn", "förnamn", "etunimi", "jméno"),
            *("adı", "ad", "tên", "όνομα"),
        ),
        "last": (
            *("last name", "lastname", "family name", "surname", "nachname", "姓", "姓氏"),
            *("familienname", "фамилия", "прізвище", "nazwisko", "achternaam", "etternavn"),
            *("efternavn", "efternamn", "sukunimi", "příjmení", "soyadı", "soyad", "họ"),
            *("apellidos", "apellido", "apelido", "sobrenome", "cognome", "nom de famille"),
            "επώνυμο",
        ),
        "login": ("username", "user name", "login", "netid", "net id", "用户名", "登录名"),
        "group": (
            *(
                "group",
                "group name",
                "group code",
                "team",
                "team name",
                "groups",
                "gruppe",
                "groupe",
                "grupo",
            ),
            *(
                "组",
                "组别",
                "小组",
                "分组",
                "组号",
                "组名",
                "小组名称",
                "队",
                "队伍",
                "队名",
                "团队",
            ),
        ),
        "email": ("email", "e-mail", "email address", "mail", "邮箱", "电子邮箱", "电子邮件"),
    },
)
