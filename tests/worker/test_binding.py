"""The required function is what `from main import predict` gives, however it came there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worker.client import Worker
from tests.worker.conftest import Load

ANSWER = "def answer(image): return 'Hats'\n"
BINDINGS = {
    "walrus": "(predict := answer)",
    "comprehension": "[predict := each for each in [answer]]",
    "match": "match {'f': answer}:\n    case {'f': predict}: pass",
    "vars": "vars()['predict'] = answer",
    "update": "locals().update(predict=answer)",
    "attribute": "import sys\nsys.modules[__name__].predict = answer",
    "pep562": "def __getattr__(name):\n    return {'predict': answer}[name]",
    "class": (
        "import sys, types\n"
        "class M(types.ModuleType):\n    predict = property(lambda self: answer)\n"
        "sys.modules[__name__].__class__ = M"
    ),
    "replaced": (
        "import sys\nclass M: predict = staticmethod(answer)\nsys.modules[__name__] = M()"
    ),
    "exec": "import builtins\nbuiltins.exec('predict = ' + 'answer')",
}


@pytest.mark.parametrize("binding", BINDINGS)
def test_it_is_found_however_it_is_bound(load: Load, binding: str) -> None:
    report = load(main=ANSWER + BINDINGS[binding] + "\n")
    assert report["function"], report["notes"]


def test_a_name_in_other_letters_is_the_entry(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission/MAIN.PY").write_text("def predict(image): return 'Hats'\n")
    assert worker.load(tmp_path / "submission")["function"]
