"""What a student's page says of mistakes that look like other ones, through the program itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import submissions
from tests.intake.archives import Item, raw_zip

TRAINS_WITHOUT = """
import os

def train():
    for name in os.listdir("./datasets/garbage/train"):
        pass

if os.path.exists("./results/net.pth"):
    weights = open("./results/net.pth").read()
else:
    train()

def predict(image):
    return "Plastic Bottle"
"""
NEW_FSTRING = """
cfg = {"dir": "x"}
path = f"{cfg["dir"]}/net.pth"

def predict(image):
    return "Plastic Bottle"
"""
NEW_TEMPLATE = """
name = "x"
path = t"{name}/net.pth"

def predict(image):
    return "Plastic Bottle"
"""
AWAITED = """
async def predict(image):
    return "Plastic Bottle"
"""
YIELDS = """
def predict(image):
    yield "Plastic Bottle"
"""
MERGED = """
<<<<<<< HEAD
NAME = "Hats"
=======
NAME = "Plastic Bottle"
>>>>>>> main

def predict(image):
    return NAME
"""
OTHER_CASE = """
from net import Net

def predict(image):
    return Net().name
"""
EMPTY_WEIGHTS = """
import numpy as np
net = np.load("net.npy")

def predict(image):
    return "Plastic Bottle"
"""
OLD_MISTAKE = """
names = ["a", "b"
def predict(image):
    return f"{names[0]}
"""
BROKEN_FSTRING = """
name = f"{'a' + (1}"
def predict(image):
    return name
"""
INDEX_AS_TEXT = """
def predict(image):
    return str(int(image[0, 0, 0]) // 9)
"""
LABELLED = """
NAMES = {names!r}
def predict(image):
    return "Label: " + NAMES[int(image[0, 0, 0]) // 9] + "!!"
"""
METHOD = """
def features(image):
    return image.mean()

class Classifier:
    def predict(self, image):
        return "Plastic Bottle"

model = Classifier()
"""
OVERWRITTEN = """
import numpy as np

def features(image):
    return image.mean()

def predict(image):
    return "Plastic Bottle"

predict = predict(np.zeros((8, 8, 3), np.uint8))
"""
PRINTS = """
import sys
NAMES = {names!r}
def predict(image):
    sys.stdout.write("0123456789abcdef" * (1 << 16) * 3 + "\\n")  # 3 MiB, 156 in all
    return NAMES[int(image[0, 0, 0]) // 9]
"""
PRINTS_ON = """
def predict(image):
    while True:
        print("x" * 100_000)
"""


WEIGHTS_IN_ZIP = """
weights = open("results/net.pth").read()

def predict(image):
    return "Plastic Bottle"
"""
SERVES = """
from flask import Flask, request
NAMES = {names!r}
app = Flask(__name__)

def predict(image):
    return NAMES[int(image[0, 0, 0]) // 9]

@app.route("/predict", methods=["POST"])
def api():
    return predict(request.data)

if __name__ == "__main__":
    app.run()
"""


WINDOWS = """
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
plt.ion()
NAMES = {names!r}
figure = plt.figure()

def predict(image):
    plt.switch_backend("Qt5Agg")
    plt.imshow(image[..., ::-1])
    plt.pause(0.001)
    plt.close("all")
    return NAMES[int(image[0, 0, 0]) // 9]
"""


PAIR = """
def predict(image):
    return "Plastic Bottle", float(image.mean()) / 255
"""
NUMBERS = """
import numpy as np
def predict(image):
    return np.int64(image.mean())
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The evidence of each submission, and its student's "page"."""
    place = tmp_path_factory.mktemp("told")
    names = submissions.honest().partition("NAMES = ")[2].partition("\n")[0]
    sources = {
        "trains": TRAINS_WITHOUT, "fstring": NEW_FSTRING, "template": NEW_TEMPLATE,
        "old": OLD_MISTAKE, "broken": BROKEN_FSTRING, "index": INDEX_AS_TEXT, "method": METHOD,
        "labelled": LABELLED.replace("{names!r}", names), "overwritten": OVERWRITTEN,
        "serves": SERVES.replace("{names!r}", names),
        "windows": WINDOWS.replace("{names!r}", names),
        "zipped": WEIGHTS_IN_ZIP, "pair": PAIR, "numbers": NUMBERS,
        "awaited": AWAITED, "yields": YIELDS, "merged": MERGED, "case": OTHER_CASE,
        "empty": EMPTY_WEIGHTS, "prints": PRINTS.replace("{names!r}", names),
        "prints_on": PRINTS_ON,
    }  # fmt: skip
    for name, source in sources.items():
        submissions.submission(place / "class" / name, {"main.py": source})
    submissions.submission(place / "class" / "trains", {"Results/net.pth": "{}"})
    submissions.submission(place / "class/zipped", {"results.zip": raw_zip([Item(b"net.pth")])})
    submissions.submission(place / "class/case", {"Net.py": "class Net:\n    name = 'Hats'\n"})
    submissions.submission(place / "class/empty", {"net.npy": b""})
    submissions.submission(place / "class/hidden_ending", {"main.py.txt": submissions.honest()})
    cells = [{"cell_type": "code", "source": submissions.honest(), "outputs": []}]
    book = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    submissions.submission(place / "class/renamed", {"main.py": book})
    submissions.submission(place / "class/plain", {"lab.ipynb": submissions.honest()})
    for version, source in (("v1", INDEX_AS_TEXT), ("v2_final", submissions.honest())):
        submissions.submission(place / "class/versions" / version, {"main.py": source})
    words = ("--set", "interface.lenet5=''", "--set", "limits.answer=20", "--no-tune")
    done = submissions.grade(
        place / "class", "--hidden", submissions.colours(place / "hidden"), "--out", place / "out",
        *words,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = {}
    for path in (place / "out/evidence").glob("*.json"):
        page = place / "out/report/student" / f"{path.stem}.html"
        found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem]["page"] = page.read_text(encoding="utf-8")
    return found


def first(evidence: dict[str, Any]) -> dict[str, Any]:
    finding: dict[str, Any] = evidence["told"][0]
    return finding


def test_code_that_trains_for_want_of_weights_reads_where_they_are(told: Any) -> None:
    finding = first(told["trains"])
    assert finding["code"] == "dataset-at-import"
    assert "./results/net.pth" in finding["message"]
    assert "Results/net.pth" in finding["hint"]


def test_newer_python_is_no_mistake_of_spelling(told: Any) -> None:
    assert all(one["answer"] == "Plastic Bottle" for one in told["fstring"]["answers"])
    finding = first(told["template"])
    assert finding["code"] == "import-failed" and "Newer versions of Python" in finding["hint"]


@pytest.mark.parametrize("name", ["old", "broken"])
def test_what_no_python_can_read_is_not_called_new(told: Any, name: str) -> None:
    finding = first(told[name])
    assert finding["code"] == "import-failed" and "Newer" not in finding["hint"]


@pytest.mark.parametrize(
    ("name", "code", "cure"),
    [
        ("awaited", "wrong-return-type", "without `async`"),
        ("yields", "wrong-return-type", "`yield`"),
        ("merged", "import-failed", "Git left both versions"),
        ("case", "module-missing", "Net.py was handed in: let it be net.py"),
        ("empty", "import-failed", "The file of weights is not whole"),
    ],
)
def test_the_cure_is_that_of_the_cause(told: Any, name: str, code: str, cure: str) -> None:
    finding = first(told[name])
    assert finding["code"] == code and cure in finding["hint"]


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("hidden_ending", "main.py.txt was taken for main.py"),
        ("renamed", "main.py was taken for main.ipynb"),
        ("plain", "lab.ipynb was taken for lab.py"),
    ],
)
def test_a_file_is_what_it_holds_whatever_it_is_called(told: Any, name: str, note: str) -> None:
    assert note in told[name]["loading"]["notes"]
    assert all(one["answer"] == one["truth"] for one in told[name]["answers"])


@pytest.mark.parametrize(("name", "nearest"), [("index", ""), ("labelled", "nearest")])
def test_words_with_a_class_or_number_in_them_are_of_this_lab(
    told: Any, name: str, nearest: str
) -> None:
    for findings in (told[name]["told"], told[name]["findings"]):
        assert findings[0]["code"] == "unknown-class" and nearest in findings[0]["message"]


@pytest.mark.parametrize("name", ["method", "overwritten"])
def test_no_other_function_is_to_be_called_predict_where_something_has_that_name(
    told: Any, name: str
) -> None:
    finding = first(told[name])
    assert finding["code"] == "predict-missing" and "features" not in json.dumps(finding)


def test_printing_costs_no_answer_unless_it_never_ends(told: Any) -> None:
    assert all(one["answer"] == one["truth"] for one in told["prints"]["answers"])
    finding = first(told["prints_on"])
    assert finding["code"] == "crashed" and "printed more than 64 MiB" in finding["message"]
    assert "Print less" in finding["hint"]


def test_a_page_around_the_model_stops_nothing(told: Any) -> None:
    assert all(one["answer"] == one["truth"] for one in told["serves"]["answers"])


def test_windows_that_nobody_sees_stop_nothing(told: Any) -> None:
    assert all(one["answer"] == one["truth"] for one in told["windows"]["answers"])
    assert "matplotlib: TkAgg → agg" in told["windows"]["loading"]["compatibility"]


def test_the_kind_of_what_is_returned_is_told_and_not_its_value(told: Any) -> None:
    pair, number = first(told["pair"]), first(told["numbers"])
    assert "tuple of 2 str, float" in pair["message"] and "Plastic" not in pair["message"]
    assert pair["hint"].startswith("Return the name alone")
    assert "int64" in number["message"] and number["facts"]["said"] == "int64"


def test_an_archive_that_may_hold_the_weights_is_named(told: Any) -> None:
    finding = first(told["zipped"])
    assert finding["code"] == "weights-missing" and "results.zip" in finding["hint"]


def test_sentences_on_pages_are_apart(told: Any) -> None:
    page = told["labelled"]["page"]
    assert "' (nearest: " in page or "&#39; (nearest: " in page, page


def test_another_version_is_told(told: Any) -> None:
    (finding,) = (one for one in told["versions"]["told"] if one["code"] == "entry-elsewhere")
    assert "v2_final/main.py" in finding["message"] and "person" in finding["message"]
