from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.reading import find_records
from tests.intake.test_find import make

WORD = (
    '<w:document xmlns:w="x"><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
    '<w:r><w:t>实验报告</w:t></w:r></w:p><w:p><w:r><w:t xml:space="preserve">two words</w:t></w:r>'
    "</w:p></w:document>"
)


def docx(document: str = WORD, pictures: int = 2) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("word/document.xml", document)
        for number in range(pictures):
            opened.writestr(f"word/media/image{number}.png", b"")
    return buffer.getvalue()


def pdf(pages: int) -> bytes:
    marks = b"<< /Type /Page /Parent 1 0 R >>\n" * pages
    packed = zlib.compress(marks)
    return (
        b"%PDF-1.5\n<< /Type /Pages /Count 9 >>\n<< /Subtype /Image >>\n"
        b"5 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream"
    )


def test_reports_of_all_kinds_are_found_and_counted(tmp_path: Path) -> None:
    make(tmp_path, "main.py", "requirements.txt", "label.txt", "notes.md")
    (tmp_path / "实验报告.docx").write_bytes(docx())
    (tmp_path / "report.pdf").write_bytes(pdf(3))
    (tmp_path / "README.md").write_text("# 一\n## 二\n文字 ![图](a.png)\n", "utf-8")
    cells = [
        {"cell_type": "markdown", "source": ["# Report\n", "text " * 60]},
        {"cell_type": "code", "outputs": [{"data": {"image/png": "AA"}}, {"text": "1"}]},
    ]
    (tmp_path / "lab.ipynb").write_text(json.dumps({"cells": cells}))
    found = find_records(tmp_path)
    assert found.reports == ("README.md", "lab.ipynb", "report.pdf", "实验报告.docx")
    assert found.summary["pages"] == 3
    assert found.summary["images"] == 1 + 2 + 1 + 1
    assert found.summary["headings"] == 1 + 2 + 1
    assert found.summary["report_characters"] > 250


def test_a_notebook_of_code_is_no_report(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "source": "x = 1\n" * 500}, {"cell_type": "markdown"}]
    (tmp_path / "lab.ipynb").write_text(json.dumps({"cells": cells}))
    assert find_records(tmp_path).reports == ()


def test_records_of_training_are_found(tmp_path: Path) -> None:
    make(
        tmp_path,
        "results/net-1_93.ckpt",
        "results/net-2_93.ckpt",
        "results/best.ckpt",
        "logs/events.out.tfevents.1.host",
        "summary/events.summary.123.host_MS",
        "train.log",
        "train_history.json",
        "nohup.txt",
        "loss_curve.png",
        "损失.png",
        "cat.png",
    )
    found = find_records(tmp_path)
    assert found.records == (
        "logs/events.out.tfevents.1.host",
        "loss_curve.png",
        "nohup.txt",
        "results/net-1_93.ckpt",
        "results/net-2_93.ckpt",
        "summary/events.summary.123.host_MS",
        "train.log",
        "train_history.json",
        "损失.png",
    )
    assert found.summary == {"checkpoints": 2, "curves": 2, "logs": 3, "summaries": 2}


def test_images_of_a_data_set_are_no_curves(tmp_path: Path) -> None:
    make(
        tmp_path, *(f"train/{n}.jpg" for n in range(60)), *(f"val/train_{n}.jpg" for n in range(60))
    )
    assert find_records(tmp_path).records == ()


def test_weights_alone_are_no_record(tmp_path: Path) -> None:
    make(tmp_path, "results/mobilenetv2.ckpt", "results/fold.pth")
    assert find_records(tmp_path).records == ()


def test_a_document_with_entities_expands_nothing(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "' + "ha" * 100 + '">]><w:t>&a;&a;</w:t>'
    (tmp_path / "report.docx").write_bytes(docx(laughs))
    assert find_records(tmp_path).summary["report_characters"] == len("&a;&a;")


def test_a_document_that_unpacks_to_gigabytes_is_read_in_part(tmp_path: Path) -> None:
    (tmp_path / "report.docx").write_bytes(docx("<w:t>a</w:t>" * 3_000_000, 0))
    assert find_records(tmp_path).reports == ("report.docx",)


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".ipynb", ".md"])
@settings(max_examples=40)
@given(raw=st.one_of(st.binary(max_size=400), st.just(docx()), st.just(pdf(1))), cut=st.integers(0))
def test_any_bytes_are_read_without_an_error(
    suffix: str, raw: bytes, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / f"report{suffix}").write_bytes(raw[: cut % (len(raw) + 1)])
    find_records(folder)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"cells": [1]}', '{"cells": [{"cell_type": []}]}']
)
def test_a_hostile_notebook_is_no_report(tmp_path: Path, text: str) -> None:
    (tmp_path / "lab.ipynb").write_text(text)
    assert find_records(tmp_path).reports == ()
