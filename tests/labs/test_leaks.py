"""What is hidden goes out to students in no form, and what was not looked into is told."""

from __future__ import annotations

import base64
import bz2
import io
import json
import lzma
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from grader.assignment import read_assignment
from grader.cli.main import OK, WRONG_USAGE, main
from grader.labs.given_survey import given_away
from grader.labs.hand_out import given
from grader.labs.inner_files import contents
from grader.labs.leaks import compare
from tests import submissions
from tests.labs.shapes_lab import TEXT, an_image, smaller, with_parts


def other_format(lab: Path) -> None:
    cv2.imwrite(str(lab / "starter" / "same.bmp"), cv2.imread(str(an_image(lab))))


def zipped(lab: Path) -> None:
    with zipfile.ZipFile(lab / "starter" / "pics.zip", "w") as archive:
        archive.write(an_image(lab), "a/x.dat")


def stacked(lab: Path) -> None:
    image = cv2.imread(str(an_image(lab)))
    np.savez_compressed(lab / "starter" / "ims.npz", x=np.stack([image * 0, image]) / 255)


def in_a_notebook(lab: Path) -> None:
    data = {"image/png": base64.encodebytes(an_image(lab).read_bytes()).decode()}
    book = {"cells": [{"cell_type": "code", "source": [], "outputs": [{"data": data}]}]}
    (lab / "starter" / "lab.ipynb").write_text(json.dumps(book), encoding="utf-8")


def an_array(lab: Path) -> None:
    shutil.copy(lab / "points" / "ring" / "0.npy", lab / "starter" / "a.npy")


def arrays(lab: Path) -> None:
    hidden = np.load(lab / "points" / "ring" / "0.npy")
    np.savez(lab / "starter" / "all.npz", points=np.stack([hidden, hidden + 1]).astype(float))


def a_text(lab: Path) -> None:
    (lab / "starter" / "a.txt").write_bytes(TEXT.replace(" ", "\r\n").encode())


def a_quoted_text(lab: Path) -> None:
    (lab / "starter" / "all.csv").write_text(f"en,{TEXT}\nde,Hallo\n", encoding="utf-8")


def a_network(lab: Path) -> None:
    submissions.submission(lab, {"provided/theirs.py": "class Net: pass"})


def the_answer(lab: Path) -> None:
    shutil.copy(lab / "reference" / "main.py", lab / "provided" / "hints.py")


def _tar(lab: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:") as tar:
        tar.add(an_image(lab), "x")
    return packed.getvalue()


def tar_of_another_name(lab: Path) -> None:
    (lab / "public" / "data.bin").write_bytes(_tar(lab))


def tar_by_bzip2(lab: Path) -> None:
    (lab / "public" / "data.dat").write_bytes(bz2.compress(_tar(lab)))


def compressed(lab: Path) -> None:
    (lab / "public" / "a").write_bytes(lzma.compress(bz2.compress(an_image(lab).read_bytes())))


def within_other_bytes(lab: Path) -> None:
    (lab / "public" / "a.tfrecord").write_bytes(b"\0\1\2" + an_image(lab).read_bytes() + b"\0\1")


def behind_an_image(lab: Path) -> None:
    one = cv2.imencode(".jpg", np.zeros((9, 9, 3), np.uint8))[1].tobytes()
    (lab / "public" / "a.jpg").write_bytes(one + an_image(lab).read_bytes())


def a_frame(lab: Path) -> None:
    frames = [Image.new("RGB", (224, 224), "white"), Image.open(an_image(lab)).convert("RGB")]
    frames[0].save(lab / "public" / "a.tiff", save_all=True, append_images=frames[1:])


def a_frame_of_a_film(lab: Path) -> None:
    frames = [Image.new("P", (96, 96)), Image.open(an_image(lab)).convert("P").resize((96, 96))]
    frames[0].save(lab / "public" / "a.gif", save_all=True, append_images=frames[1:])


def in_a_script(lab: Path) -> None:
    coded = base64.urlsafe_b64encode(an_image(lab).read_bytes()).decode().rstrip("=")
    lines = '" +\n  "'.join(coded[at : at + 70] for at in range(0, len(coded), 70))
    (lab / "public" / "a.js").write_text(f'const picture = "{lines}";', encoding="utf-8")


def in_a_text(lab: Path) -> None:
    coded = base64.b64encode(an_image(lab).read_bytes()).decode()
    text = f"\\includegraphics{{data:image/png;base64,{coded}}}"
    (lab / "public" / "a.tex").write_text(text, encoding="utf-8")


def a_text_in_code(lab: Path) -> None:
    coded = base64.b64encode((TEXT + "  And so on and on.").encode()).decode()
    (lab / "public" / "a.yaml").write_text(f"text: {coded}", encoding="utf-8")


def _rgb(lab: Path) -> np.ndarray:  # type: ignore[type-arg]
    image = cv2.imread(str(an_image(lab)))
    assert image is not None
    return image[:, :, ::-1]


def flat_rows(lab: Path) -> None:
    image = cv2.resize(_rgb(lab), (32, 32), interpolation=cv2.INTER_AREA)
    rows = np.stack([image * 0, image]).reshape(2, -1) / 255
    np.save(lab / "public" / "train.npy", rows.astype(np.float32))


def one_row(lab: Path) -> None:
    image = _rgb(lab).transpose(2, 0, 1)
    np.save(lab / "public" / "train.npy", np.stack([image * 0, image]).ravel())


def on_the_last_axis(lab: Path) -> None:
    image = _rgb(lab)
    np.save(lab / "public" / "train.npy", np.stack([image * 0, image, image * 0 + 1], 3)[..., :2])


def behind_another_array(lab: Path) -> None:
    with (lab / "public" / "two.npy").open("wb") as file:
        np.save(file, np.arange(3))
        np.save(file, _rgb(lab))


def a_table(lab: Path) -> None:
    image = cv2.resize(_rgb(lab), (28, 28), interpolation=cv2.INTER_AREA).mean(2).astype(int)
    lines = [",".join(["red", *map(str, one.ravel())]) for one in (image * 0, image)]
    (lab / "public" / "a.csv").write_text("class,pixels\n" + "\n".join(lines), encoding="utf-8")


def a_list(lab: Path) -> None:
    image = cv2.resize(_rgb(lab), (32, 32), interpolation=cv2.INTER_AREA)
    text = json.dumps({"train": [{"label": 3, "pixels": image.tolist()}]}, indent=1)
    (lab / "public" / "a.json").write_text(text, encoding="utf-8")


def points_in_a_table(lab: Path) -> None:
    hidden = np.load(lab / "points" / "ring" / "0.npy")
    table = np.stack([hidden, hidden + 1]).reshape(2, -1)
    np.save(lab / "starter" / "points.npy", np.c_[[0, 1], table])


def mirrored(lab: Path) -> None:
    cv2.imwrite(str(lab / "public" / "small.png"), cv2.imread(str(an_image(lab)))[:, ::-1])


def turned(lab: Path) -> None:
    image = np.rot90(cv2.imread(str(an_image(lab)))[:, ::-1])
    cv2.imwrite(str(lab / "public" / "small.jpg"), np.ascontiguousarray(image))


@pytest.mark.parametrize(
    "leak",
    [tar_of_another_name, tar_by_bzip2, compressed, within_other_bytes, behind_an_image, a_frame,
     a_frame_of_a_film, in_a_script, in_a_text, a_text_in_code, flat_rows, one_row,
     on_the_last_axis, behind_another_array, a_table, a_list, points_in_a_table, mirrored, turned,
     other_format, smaller, zipped, stacked, in_a_notebook, an_array, arrays, a_text,
     a_quoted_text, a_network, the_answer],
)  # fmt: skip
def test_what_is_hidden_goes_out_in_no_other_form(
    leak: Callable[[Path], None], lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with_parts(lab)
    for folder in ("public", "starter", "provided"):
        (lab / folder).mkdir(exist_ok=True)
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    target.unlink()
    leak(lab)
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == WRONG_USAGE
    assert "the hidden" in capfd.readouterr().err.replace("\n", " ")
    assert not target.exists()


def test_pictures_that_only_look_alike_go_out_when_the_teacher_says_so(
    lab: Path, tmp_path: Path
) -> None:
    smaller(lab)
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--likeness"]) == OK


SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c\0\4" + bytes(24)
UNKNOWN = {
    "a.7z": SEVEN_ZIP,
    "a.pt": b"\x80\x02]q\x00.",
    "a.txt": bytes(range(256)),  # whatever its name says
    "a.json": b"\0\0\x08\1\0\0\0\1\7",
    "torn.zip": b"PK\3\4" + bytes(40),
    "torn.gz": b"\x1f\x8b\x08" + bytes(40),
    "torn.npy": b"\x93NUMPY\1\0",
    "bright.bin": bytes([0xB0, 0xC1]) * 400,
    "behind.png": cv2.imencode(".png", np.zeros((9, 9, 3), np.uint8))[1].tobytes() + b"more",
}
KNOWN = {
    "b.7z": b"a text",
    "label.txt": "塑料瓶\n".encode("gb18030"),
    "utf-16.txt": "塑料瓶\n".encode("utf-16"),
    "empty.bin": b"",
    "image": cv2.imencode(".jpg", np.zeros((9, 9, 3), np.uint8))[1].tobytes(),
    "page.html": b"<p>" + b"many words without end " * 99,
}


def test_what_is_looked_into_is_known_by_its_bytes_and_all_else_is_told(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, data in {**UNKNOWN, **KNOWN}.items():
        (lab / "public" / name).write_bytes(data)
    with zipfile.ZipFile(lab / "public" / "all.zip", "w") as archive:
        archive.writestr("inner.pdf", b"%PDF-1.4\0")
    assignment = read_assignment(lab)
    closed = set(compare(assignment, given(assignment)).closed)
    assert closed == {f"public/{name}" for name in UNKNOWN} | {"public/all.zip → inner.pdf"}
    assert main(["hand-out", str(lab), "--to", str(tmp_path / "s.zip"), "--lang", "en"]) == OK
    assert f"nothing is known of it: {len(closed)} (above)" in capfd.readouterr().out
    (line,) = (line for line in given_away(assignment) if "not looked into" in str(line.text))
    assert line.fine is None and f"(+{len(closed) - 3})" in str(line.text)


@pytest.mark.parametrize(
    "kind", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xda\0\2"]
)
def test_headers_without_images_end_soon(kind: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(kind * 200_000)
    assert [inner.data is None for inner in contents(path)] == [False, True]


def test_numbers_of_other_things_pass(lab: Path) -> None:
    random = np.random.default_rng(1)
    weights = {"conv": random.normal(size=(64, 3, 8, 8)), "dense": random.normal(size=(256, 1024))}
    np.savez(lab / "public" / "net.npz", bias=np.zeros(64), mask=np.ones((16, 16), bool), **weights)
    np.savetxt(lab / "public" / "table.csv", random.normal(size=(40, 100)), delimiter=";")
    (lab / "public" / "ragged.json").write_text("[[1, 2], [3, [4]], {}, []]", encoding="utf-8")
    assignment = read_assignment(with_parts(lab))
    assert compare(assignment, given(assignment)) == ((), (), ())


def test_what_was_not_compared_is_told(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.move(lab / "images", tmp_path / "elsewhere")
    (lab / "starter" / "data.7z").write_bytes(SEVEN_ZIP)
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    said = capfd.readouterr().out.replace("\n", " ")
    assert "images: not found, so nothing was compared with it" in said
    assert "not looked into: starter/data.7z" in said
    assert "nothing is known of it: 1 (above)" in said
