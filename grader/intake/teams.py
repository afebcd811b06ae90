"""Microsoft Teams: a folder for each student, in it the assignment's, in that one "Version N" for
each time that something was handed in; the last counts. Beside the submitted files lie those that
students work on, in folders of the same names. All words but the students' are translated.

Which folder holds the submitted files is told by the names that Teams gave to folders of the class:
what lies in a folder may be a student's, who can lay it as Teams would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias, cast

from grader.platforms import is_told
from grader.readers.file_kinds import named_archive
from grader.readers.ignored_files import code

Tree: TypeAlias = "Mapping[str, Tree | None]"  # names of entries: None for a file

_VERSION = re.compile(
    r"(?:version|versión|versão|versione|versie|versjon|versio|wersja|verze|verzia|verzió|versiune"
    r"|версия|версія|έκδοση|sürüm|phiên bản|バージョン|版本|버전)[ \u00a0_-]?([0-9]{1,4})",
    re.IGNORECASE,
)

# "Submitted files" and "Working files".
_SUBMITTED = re.compile(
    r"submitted (?:files|work)|(?:übermittelte|eingereichte|abgegebene) dateien"
    r"|fichiers (?:envoyés|soumis|remis|rendus)|archivos (?:enviados|entregados)"
    r"|(?:arquivos|ficheiros) (?:enviados|submetidos|entregues)|file (?:inviati|consegnati)"
    r"|(?:ingediende|ingeleverde) bestanden|(?:przesłane|oddane) pliki"
    r"|(?:отправленные|сданные) файлы|(?:надіслані|здані) файли|(?:odeslané|odevzdané) soubory"
    r"|odoslané súbory|(?:skickade|inlämnade|sendte|indsendte|afleverede) filer"
    r"|(?:innsendte|innleverte) filer"
    r"|(?:lähetetyt|palautetut) tiedostot|(?:gönderilen|teslim edilen) dosyalar"
    r"|(?:beküldött|beadott) fájlok|fișiere(?:le)? trimise|υποβληθέντα αρχεία|tệp đã (?:nộp|gửi)"
    r"|提出済みのファイル|提出されたファイル"
    r"|(?:已)?提交的?(?:文件|檔案|作业|作業)|已繳交的?檔案|제출(?:된|한) 파일",
    re.IGNORECASE,
)
_WORKING = re.compile(
    r"working files|arbeitsdateien|fichiers de travail|archivos de trabajo"
    r"|(?:arquivos|ficheiros) de trabalho|file di lavoro|werkbestanden|pliki robocze"
    r"|рабочие файлы|робочі файли|pracovní soubory|pracovné súbory"
    r"|(?:arbets|arbejds|arbeids)filer|työtiedostot|çalışma dosyaları|munkafájlok"
    r"|fișiere(?:le)? de lucru|αρχεία εργασίας|tệp (?:đang )?làm việc"
    r"|作業(?:中の|用)?ファイル|工作(?:中的)?(?:文件|檔案)|작업 ?(?:중인 )?파일",
    re.IGNORECASE,
)


def is_students(tree: Tree) -> bool:
    """Whether this is what Teams puts into a student's folder: a folder of versions alone."""
    inner = [below for below in tree.values() if below is not None]
    return len(tree) == len(inner) == 1 and _versions(inner[0]) != {}


def submitted_in(tree: Tree, levels: int = 2) -> str:
    """The folder of the submitted files in a class's `tree`, at the top or in one folder there
    ("Student Work"): by its name, which may be beside that of the working files; of a folder that
    has nothing beside it, also by what several students' folders in it hold. "" where none is.
    """
    folders = _of_nobody(tree)
    found = [name for name in folders if _SUBMITTED.search(name)]
    if len(found) == 1 and all(_WORKING.search(name) for name in folders if name not in found):
        return found[0]
    if len(folders) != 1:
        return ""
    name, below = next(iter(folders.items()))
    if holds_students(below, 2):
        return name
    inner = submitted_in(below, levels - 1) if levels > 1 else ""
    return f"{name}/{inner}" if inner else ""


def perhaps_submitted(tree: Tree, levels: int = 2) -> tuple[str, ...]:
    """Two folders of a class's `tree`, where the first may hold submitted files and the second
    those that students work on, or each what a student did: their names do not tell.
    """
    folders = _of_nobody(tree)
    if len(folders) == 1 and levels > 1:
        return perhaps_submitted(next(iter(folders.values())), levels - 1)
    if len(folders) != 2 or submitted_in(tree):
        return ()
    for one, other in (tuple(folders), tuple(folders)[::-1]):
        if holds_students(folders[one]) and set(folders[one]) & set(folders[other]):
            return one, other
    return ()


def _of_nobody(tree: Tree) -> dict[str, Tree]:
    """The folders of `tree`, where nothing in it is called by its student or handed in as a file:
    none otherwise, since what is beside the submitted files is passed over.
    """
    if any(is_told(name) for name in tree) or _holds_work(tree):
        return {}
    return {name: below for name, below in tree.items() if below is not None}


def holds_students(tree: Tree, least: int = 1) -> bool:
    """Whether all folders that hold anything, at least so many, are as Teams lays a student's, and
    no work lies beside them.
    """
    handed_in = [below for below in tree.values() if below]
    return len(handed_in) >= least and all(map(is_students, handed_in)) and not _holds_work(tree)


def _holds_work(tree: Tree) -> bool:
    files = [name for name, below in tree.items() if below is None]
    return any(named_archive(name) or code(name) for name in files)


def latest(folder: Path) -> tuple[Path, int]:
    """The folder of the last version in a student's folder, and how many there are; the folder
    itself and 0 where it is not Teams's.
    """
    inner = _entries(folder)
    versions = _versions(_entries(folder / next(iter(inner)))) if len(inner) == 1 else {}
    if not versions:
        return folder, 0
    return folder / next(iter(inner)) / versions[max(versions)], len(versions)


def student_of(path: Path) -> Path:
    """The student's folder that a version's folder lies in; any other path as it is."""
    return path.parent.parent if _VERSION.fullmatch(path.name) else path


def _versions(tree: Tree) -> dict[int, str]:
    """The folders of versions by their numbers; none where anything else is among them."""
    matches = {name: _VERSION.fullmatch(name) for name in tree}
    if not all(matches.values()) or None in tree.values():
        return {}
    return {int(cast("re.Match[str]", match)[1]): name for name, match in matches.items()}


def _entries(folder: Path) -> dict[str, Tree | None]:
    if not folder.is_dir() or folder.is_symlink():
        return {}
    return {
        entry.name: {} if entry.is_dir() and not entry.is_symlink() else None
        for entry in folder.iterdir()
        if not entry.name.startswith(".")
    }
