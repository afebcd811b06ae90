"""LeNet5 is found wherever a submission keeps it, in whatever form.

A few lines stand for PyTorch here, so that each submission takes a moment only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.worker.client import Worker
from tests.worker.conftest import Load

TORCH = """
import sys
from contextlib import contextmanager

class Tensor:
    def __init__(self, values): self.values = values
    def detach(self): return self
    def cpu(self): return self
    def numpy(self): return self.values
    shape = property(lambda self: self.values.shape)

def from_numpy(values): return Tensor(values)

@contextmanager
def no_grad(): yield

class Module:
    def __call__(self, *values): return self.forward(*values)
    def eval(self): return self
    def parameters(self): return iter(())
    def named_parameters(self): return iter(())
    def named_modules(self): return iter([("", self)])

class Sequential(Module): pass
class ModuleList(Module): pass
class ModuleDict(Module): pass

nn = sys.modules["torch.nn"] = sys.modules[__name__]
"""
NETWORK = """
import torch
class {name}(torch.nn.Module):
    def __init__(self, {parameters}):
        self.classes = {classes}
    def forward(self, x):
        if x.shape[1:] != {takes}: raise RuntimeError("size mismatch")
        return torch.Tensor(x.values.reshape(len(x.values), -1)[:, :self.classes])
"""
PREDICT = "\ndef predict(image): return 'Hats'\n"


def network(
    name: str = "LeNet5",
    parameters: str = "n=10",
    classes: str = "10",
    takes: tuple[int, ...] = (1, 32, 32),
) -> str:
    """Source of a class that maps `takes` to `classes` numbers."""
    return NETWORK.format(name=name, parameters=parameters, classes=classes, takes=takes)


@pytest.fixture
def find(worker: Worker, load: Load) -> Any:
    """Loads sources by name and asks for LeNet5."""

    def find(**sources: str) -> dict[str, Any]:
        load(**dict(sources, main=sources["main"] + PREDICT, torch=TORCH))
        return worker.ask("network", name="LeNet5", classes=10)

    return find


@pytest.mark.parametrize(
    ("sources", "name", "file"),
    [
        ({"main": network()}, "LeNet5", "main.py"),
        ({"main": "", "model": network()}, "LeNet5", "model.py"),
        ({"main": "import net", "net": network()}, "LeNet5", "net.py"),
        ({"main": "from net import LeNet5", "net": network()}, "LeNet5", "net.py"),
        ({"main": "1 / 0", "parts__a": network()}, "LeNet5", "parts/a.py"),
        ({"main": "1 / 0\n" + network()}, "LeNet5", "main.py"),
        ({"main": network() + "raise SystemExit"}, "LeNet5", "main.py"),
        ({"main": "", "train": network() + "while True: pass"}, "LeNet5", "train.py"),
        ({"main": "", "train": "while True: pass\n" + network()}, "LeNet5", "train.py"),
        ({"main": "", "train": "data = open('mnist')\n" + network()}, "LeNet5", "train.py"),
        ({"main": network("MyLeNet")}, "MyLeNet", "main.py"),
        ({"main": network("Lenet_5")}, "Lenet_5", "main.py"),
        ({"main": network("Net")}, "Net", "main.py"),
        ({"main": network("Old") + network()}, "LeNet5", "main.py"),
        ({"main": network("Net") + "def lenet5(): return Net()"}, "lenet5", "main.py"),
        ({"main": network("Net", "c") + "LeNet5 = Net('anything')"}, "LeNet5", "main.py"),
    ],
    ids=lambda value: None,
)
def test_it_is_found(find: Any, sources: dict[str, str], name: str, file: str) -> None:
    found = find(**sources)
    assert (found.get("name"), found.get("file")) == (name, file), found
    assert (found["input"], found["output"], found["error"]) == ([1, 32, 32], [10], None)


def test_a_network_that_was_built_is_told_with_the_line_that_binds_it(find: Any) -> None:
    before = network("Net", "c")
    assert find(main=before + "LeNet5 = Net('anything')")["line"] == before.count("\n") + 1


@pytest.mark.parametrize(
    ("parameters", "classes", "given"),
    [
        ("n_class", "n_class", {"n_class": 10}),
        ("channels, *, num_class: int, drop=0.5", "num_class", {"channels": 1, "num_class": 10}),
        ("num_class=10", "num_class", {}),
        ("num_class=26", "num_class", {"num_class": 10}),
        ("*things, **options", "10", {}),
    ],
)
def test_arguments_are_guessed_by_their_names(
    find: Any, parameters: str, classes: str, given: dict[str, Any]
) -> None:
    found = find(main=network(parameters=parameters, classes=classes))
    assert (found["constructed_with"], found["output"]) == (given, [10])


@pytest.mark.parametrize("takes", [(1, 28, 28), (3, 32, 32), (32, 32, 1), (1024,)])
def test_what_it_takes_is_told(find: Any, takes: tuple[int, ...]) -> None:
    assert find(main=network(takes=takes))["input"] == list(takes)


def test_a_network_that_only_sounds_alike_is_not_taken(find: Any) -> None:
    names = ("GoogLeNet", "MobileNetV2", "ShuffleNet", "mobilenet")
    found = find(main="\n".join(network(name, classes="26") for name in names))
    assert (found["found"], found["error"]) == (False, None)


def test_a_network_of_a_library_is_not_taken(find: Any) -> None:
    assert find(main="import torch")["found"] is False


def test_a_constructor_that_fails_is_told_with_its_line(find: Any) -> None:
    found = find(main=network(classes="1 / 0"))
    assert found["found"] is False
    assert (found["error"]["type"], found["error"]["line"]) == ("ZeroDivisionError", 5)


def test_an_argument_that_cannot_be_guessed_is_named(find: Any) -> None:
    assert "'cfg'" in find(main=network(parameters="cfg"))["error"]["message"]


def test_a_forward_pass_that_fails_is_told_with_its_line(find: Any, worker: Worker) -> None:
    found = find(main=network(takes=(7,)))
    assert found["found"]
    assert (found["input"], found["output"]) == ([], [])
    assert (found["error"]["type"], found["error"]["line"]) == ("RuntimeError", 7)
    reply, output = worker.call("network_forward", np.zeros((1, 1, 32, 32), np.float32))
    assert reply["error"]["message"] == "size mismatch"
    assert output is None


def test_a_missing_package_is_told(find: Any) -> None:
    missing = "from no_such_framework import nn\n" + network().replace("import torch", "")
    found = find(main="", net=missing.replace("torch.nn", "nn"))
    assert found["error"]["missing_package"] == "no_such_framework"


def test_a_file_that_hangs_on_import_is_not_run_again(worker: Worker, load: Load) -> None:
    source = "while True: pass\n" + network() + PREDICT
    report = load({"run": False}, main=source, torch=TORCH)
    assert (report["entry"], report["function"]) == ("main.py", False)
    assert worker.ask("network")["found"]


def test_operations_without_a_network_are_answered(worker: Worker, load: Load) -> None:
    load(main=PREDICT)
    reply = worker.ask("network")
    assert (reply["found"], reply["error"]) == (False, None)
    images = np.zeros((1, 1, 32, 32), np.float32)
    for operation in ("network_forward", "network_layers", "network_train"):
        assert worker.ask(operation, images)["missing"]
    assert worker.ask("network_set", images, role="conv1.w")["set"] is False
