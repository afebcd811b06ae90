"""Networks of a teacher's own: told apart, compared and explained in any framework."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment import AskedNetwork, AssignmentError, read_assignment
from grader.cli.main import OK, main
from grader.evidence import Evidence
from grader.examine.layer_reports import LayerReport, LayersReport, comparable_order
from grader.examine.network_differences import first_difference
from grader.examine.network_roles import asked_layers
from tests import make, submissions
from tests.networks import lab

FRAMEWORKS = ("torch", "mindspore", "keras")
NETWORKS = {"resnet": "ResNet18", "alexnet": "AlexNet", "mlp": "MLP"}


def graded(home: Path, out: Path) -> dict[str, dict[str, Any]]:
    """Evidence of the class in `out`/in by submission."""
    words = (out / "in", "--assignment", home, "--out", out / "out", "--no-tune", "--lang", "en")
    done = submissions.grade(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    found = (json.loads(path.read_text()) for path in (out / "out" / "evidence").glob("*.json"))
    return {one["submission"]["id"]: one for one in found}


@pytest.mark.thorough
def test_three_networks_in_three_frameworks_right_and_wrong(tmp_path: Path) -> None:
    home = lab.write(tmp_path / "lab")
    (home / "test_networks.py").write_text(lab.CHECKS)
    for framework in FRAMEWORKS:
        texts = [lab.source(f"{framework}_{name}") for name in NETWORKS]
        lab.submission(tmp_path / "in" / f"{framework}-right", *texts)
        texts = [lab.wrong(framework, name) for name in NETWORKS]
        lab.submission(tmp_path / "in" / f"{framework}-wrong", *texts)
    found = graded(home, tmp_path)
    for framework in FRAMEWORKS:
        right, wrong = (found[f"{framework}-{how}"] for how in ("right", "wrong"))
        assert [one["outputs"] for one in right["networks"]] == ["same"] * 3, framework
        assert [check["outcome"] for check in right["checks"]] == ["passed"] * 3
        assert not [each["code"] for each in right["findings"] if "network" in each["code"]]
        assert all(min(one["losses"]) < one["losses"][0] for one in right["networks"])
        places = {one["asked"]: one["differs_at"] for one in wrong["networks"]}
        told = {name: lab.WRONG[framework][key][2] for key, name in NETWORKS.items()}
        assert places == told, framework
        assert [check["outcome"] for check in wrong["checks"]] == ["failed"] * 3


MLP = """
import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(784, 300), nn.Linear(300, 100), nn.Linear(100, 10)

    def forward(self, x):
        return self.c(torch.relu(self.b(torch.relu(self.a(x{turned}))))){detached}
"""


def test_what_it_computes_is_compared_and_whether_it_learns(tmp_path: Path) -> None:
    home = lab.write(tmp_path / "lab", ("MLP",))
    (home / "references" / "keras_mlp.py").write_text(MLP.format(turned="", detached=""))
    variants = {
        "right": {"turned": "", "detached": ""},
        "turned": {"turned": ".flip(1)", "detached": ""},
        "cut": {"turned": "", "detached": ".detach()"},
    }
    for name, words in variants.items():
        lab.submission(tmp_path / "in" / name, MLP.format(**words))
    lab.submission(tmp_path / "in" / "absent")
    lab.submission(tmp_path / "in" / "bare", "class MLP:\n    pass\n")
    found = graded(home, tmp_path)
    codes = {
        name: [each["code"] for each in one["findings"] if "network" in each["code"]]
        for name, one in found.items()
    }
    assert codes == {
        "right": [],
        "turned": ["network-output"],
        "cut": ["network-untrained"],
        "absent": ["network-missing"],
        "bare": ["network-missing"],
    }
    (told,) = [one for one in found["bare"]["findings"] if one["code"] == "network-missing"]
    assert "derives from no network class of a framework" in told["message"]
    assert found["right"]["networks"][0]["outputs"] == "same"
    assert found["turned"]["networks"][0]["outputs"] == "other"
    page = (tmp_path / "out" / "report" / "student" / "right.html").read_text()
    assert "With the same weights it computes what the reference computes." in page
    assert "784–800–10" in page and "636,010" in page  # its plain counterpart


def test_a_reference_that_cannot_be_used_stops_the_class(tmp_path: Path) -> None:
    home = lab.write(tmp_path / "lab", ("MLP",))
    (home / "references" / "keras_mlp.py").write_text("import torch\nclass Other: pass\n")
    lab.submission(tmp_path / "in" / "one")
    done = submissions.grade(
        tmp_path / "in",
        "--assignment",
        home,
        "--out",
        tmp_path / "out",
        "--no-tune",
        "--lang",
        "en",
    )
    assert done.returncode == 2
    assert "The reference of MLP (references/keras_mlp.py) can't be used" in done.stderr


def test_students_get_no_reference(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = lab.write(tmp_path / "lab", ("MLP",))
    assert main(["hand-out", str(home), "--to", str(tmp_path / "zip.zip")]) == OK
    with zipfile.ZipFile(tmp_path / "zip.zip") as archive:
        assert not [name for name in archive.namelist() if "reference" in name]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('reference = "net.py"', "in a folder beside this file"),
        ('reference = "../networks/net.py"', "in a folder beside this file"),
        ('reference = "a/net.py"\nlayers = [{ kinds = ["dense"] }]', "not both"),
        ("input = [4000, 4000]", "16000000 numbers"),
        ('nmae = "x"', "nmae"),
        ('layers = [{ kinds = ["maxpol"] }]', "found maxpol; expected one of convolution"),
        (
            'layers = [{ kinds = ["dense"], followed_by = ["rleu"] }]',
            "found rleu; expected one of relu",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, said: str) -> None:
    given_input = "" if line.startswith("input") else "input = [784]\n"
    text = f'{lab.HEAD}\n[[networks]]\nname = "Net"\n{given_input}{line}\n'
    (tmp_path / "assignment.toml").write_text(text)
    with pytest.raises(AssignmentError, match=re.escape(said)):
        read_assignment(tmp_path)


def test_evidence_of_one_lenet5_is_still_read() -> None:
    old = make.evidence(make.answers(3, 26)).model_dump(mode="json")
    old.pop("networks")
    grey = {"count": 1, "height": 1, "width": 1, "grey": "AA=="}
    old["lenet5"] = {"name": "LeNet5", "kernels": grey, "maps": None}
    (network,) = Evidence.model_validate(old).networks
    assert (network.name, network.is_lenet5, network.looks[0].layer) == ("LeNet5", True, "C1")
    old["lenet5"] = None
    assert Evidence.model_validate(old).networks == ()


# --- pure rules -------------------------------------------------------------------------------


def layer(kind: str, *takes: int, **facts: Any) -> LayerReport:
    return LayerReport(kind=kind, takes=list(takes), output=facts.pop("output", [8, 4, 4]), **facts)


def conv(number: int, *takes: int) -> LayerReport:
    return layer("convolution", *takes, name=f"c{number}", weight=[8, 8, 3, 3], parameters=number)


@st.composite
def joined(draw: st.DrawFn) -> list[LayerReport]:
    """A network in which each layer takes earlier ones, and the last joins what is left over."""
    made: list[LayerReport] = [conv(1, 0)]
    for number in range(2, draw(st.integers(2, 9))):
        if draw(st.booleans()) and number > 2:
            one, other = draw(
                st.lists(st.integers(1, number - 1), min_size=2, max_size=2, unique=True)
            )
            made.append(layer("add", one, other))
        else:
            made.append(conv(number, draw(st.integers(1, number - 1))))
    return made


@given(joined(), st.randoms(use_true_random=False))
def test_the_order_of_branches_makes_no_difference(made: list[LayerReport], chance: Any) -> None:
    """Any other order in which the same layers can be executed is compared in the same order."""
    left, done = list(range(1, len(made))), []
    while left:  # all but the last, which stays the output
        ready = [n for n in left if not set(made[n - 1].takes) & set(left)]
        done.append(chance.choice(ready))
        left.remove(done[-1])
    done.append(len(made))
    place = {old: new for new, old in enumerate(done, 1)}
    moved = [
        made[old - 1].model_copy(
            update={"takes": [place.get(one, 0) for one in made[old - 1].takes]}
        )
        for old in done
    ]

    def in_order(layers: list[LayerReport]) -> list[tuple[str, int]]:
        return [(layers[i].kind, layers[i].parameters) for i in comparable_order(layers)]

    assert in_order(moved) == in_order(made)


def asked(*layers: LayerReport) -> AskedNetwork:
    return AskedNetwork(name="Net", input=(8, 4, 4), layers=asked_layers(layers))


def test_a_layer_that_has_but_a_place_in_a_sequence_is_called_by_what_it_is() -> None:
    numbered = [conv(1, 0), conv(2, 1), conv(3, 2)]
    numbered = [each.model_copy(update={"name": str(n)}) for n, each in enumerate(numbered)]
    named = [numbered[0], numbered[1].model_copy(update={"name": "stem"}), numbered[2]]
    assert [one.name for one in asked(*named).layers] == ["convolution 1", "stem", "convolution 3"]


DENSE = layer("dense", 4, weight=[10, 32], output=[10], bias=True, parameters=330)
POOLED = [
    conv(1, 0),
    layer("max-pool", 1, output=[8, 2, 2]),
    layer("relu", 2, output=[8, 2, 2]),
    layer("flatten", 3, output=[32]),
    DENSE,
]
BENT = [
    conv(1, 0),
    layer("relu", 1),
    layer("max-pool", 2, output=[8, 2, 2]),
    layer("flatten", 3, output=[32]),
    DENSE,
]
WHOLE = [
    *BENT[:3],
    layer("convolution", 3, weight=[10, 8, 2, 2], output=[10, 1, 1], bias=True, parameters=330),
    layer("flatten", 4, output=[10]),
]


@pytest.mark.parametrize("reference", [POOLED, BENT, WHOLE], ids=["pool first", "relu", "whole"])
@pytest.mark.parametrize("made", [POOLED, BENT, WHOLE], ids=["pool first", "relu", "whole"])
def test_what_is_the_same_in_other_words_is_no_difference(
    reference: list[LayerReport], made: list[LayerReport]
) -> None:
    assert first_difference(LayersReport(layers=made), [8, 4, 4], asked(*reference)) is None


@pytest.mark.parametrize(
    ("change", "layer_name", "expected"),
    [
        ({0: conv(1, 0).model_copy(update={"weight": [8, 8, 5, 5]})}, "c1", "convolution 8→8"),
        ({1: layer("tanh", 1)}, "c1", "activation relu"),
        ({2: layer("average-pool", 2, output=[8, 2, 2])}, "max-pool", "max-pool to (8, 2, 2)"),
        ({4: DENSE.model_copy(update={"bias": False})}, "dense", "biases"),
        ({1: layer("batch-norm", 1, parameters=16)}, "c1", "no normalisation"),
    ],
)
def test_the_first_difference_is_told(
    change: dict[int, LayerReport], layer_name: str, expected: str
) -> None:
    made = [change.get(index, one) for index, one in enumerate(BENT)]
    found = first_difference(LayersReport(layers=made), [8, 4, 4], asked(*BENT))
    assert found is not None
    english, chinese = found.expected.split("\n")
    assert layer_name in found.layer and expected in english
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
