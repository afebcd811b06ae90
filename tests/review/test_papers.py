"""What a submission holds beside the decision: read in a box, shown as text and drawn pictures."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from grader.evidence import Records
from grader.intake import digest, find
from grader.readers.report_blocks import show
from grader.runs import RunFolder
from tests import submissions
from tests.review.folder import Reviewing, stored
from tests.review.test_deciding import waiting

HOSTILE = "<script>window.fired=1</script><img src=x onerror=window.fired=1>"
REPORTS = ("report.docx", "report.ipynb", "report.md", "report.pdf")


def picture(kind: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(data, kind)
    return data.getvalue()


def word() -> bytes:
    data = io.BytesIO()
    told = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
    with zipfile.ZipFile(data, "w") as pack:
        pack.writestr(
            "word/document.xml",
            '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>实验报告</w:t></w:r></w:p>'
            f'<w:p><w:r><w:t>{told}</w:t></w:r><a:blip r:embed="rId7"/></w:p>',
        )
        pack.writestr(
            "word/_rels/document.xml.rels",
            '<Relationship Id="rId7" Type="t" Target="media/image1.png"/>'
            '<Relationship Id="rId8" Type="t" Target="https://evil.example/x.png"/>',
        )
        pack.writestr("word/media/image1.png", picture("PNG"))
    return data.getvalue()


def notebook() -> str:
    drawn = base64.b64encode(picture("PNG")).decode()
    output = {"text": HOSTILE, "data": {"image/png": drawn, "text/html": HOSTILE}}
    cell = {"cell_type": "code", "source": ["print(1)"], "outputs": [output]}
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# Loss " * 60}, cell]})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files: dict[str, str | bytes] = {
        "main.py": f"# {HOSTILE}\n",
        "report.docx": word(),
        "report.ipynb": notebook(),
        "report.md": f"# Results\n\nIt learned. {HOSTILE}\n\n![x](https://evil.example/x.png)",
        "report.pdf": picture("PDF"),
    }
    return submissions.submission(tmp_path_factory.mktemp("papers") / "s0000", files)


def test_each_kind_of_report_has_its_blocks(folder: Path) -> None:
    kinds = {name: [block["kind"] for block in show(folder / name)] for name in REPORTS}
    assert kinds == {
        "report.docx": ["heading", "text", "picture"],
        "report.ipynb": ["text", "code", "printed", "picture"],
        "report.md": ["heading", "text", "text"],
        "report.pdf": ["picture"],
    }
    assert show(folder / "report.docx")[0]["held"] == "实验报告"
    for name in REPORTS:
        for block in show(folder / name):
            if block["kind"] == "picture":
                assert base64.b64decode(block["held"])[:3] == b"\xff\xd8\xff"  # a JPEG of ours


def test_markdown_has_headings_wherever_they_stand_and_none_in_code(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    path.write_text("# One\ntext\n## Two\nmore\n\n```python\n# no heading\nx = 1\n```\nend\n#tag")
    assert [(block["kind"], block["held"].strip()) for block in show(path)] == [
        ("heading", "One"), ("text", "text"), ("heading", "Two"), ("text", "more"),
        ("code", "# no heading\nx = 1"), ("text", "end\n#tag"),
    ]  # fmt: skip


def test_reports_and_files_of_a_submission_stand_beside_its_decision(
    folder: Path, tmp_path: Path
) -> None:
    evidence = waiting(0)
    records = Records(reports=REPORTS, records=("train.log",))
    out = stored(tmp_path / "out", [evidence.model_copy(update={"records": records})])
    run = RunFolder(out).read()
    assert run is not None
    (submission,) = find([folder])
    entry = run.submissions[0].model_copy(
        update={"place": str(folder), "digest": digest(submission)}
    )
    RunFolder(out).write(run.model_copy(update={"submissions": (entry,)}))
    reviewing = Reviewing(out)
    ann = reviewing.person("Ann")
    shown = ann.get("/p/s0000").text
    assert shown.count("data:image/jpeg;base64,") == 3
    assert "实验报告" in shown and "It learned." in shown and "&lt;script&gt;" in shown
    assert "<script" not in shown and "<img src=x" not in shown and 'src="http' not in shown
    # files come as attachments that nothing opens
    answer = ann.get("/f/s0000/0")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''main.py")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.content == (folder / "main.py").read_bytes()
    for wrong in ("/f/s0000/99", "/f/s0000/-1", "/f/nobody/0", "/p/nobody", "/p/..%2f"):
        assert ann.get(wrong).status_code == 404, wrong
    # what was graded is gone: said, and nothing else is shown in its place
    (folder / "main.py").write_text("x = 2\n")
    gone = ann.get("/p/s0000").text
    assert "lies no longer where it lay" in gone and "data:image" not in gone
    assert ann.get("/f/s0000/0").status_code == 404
