"""What `predict` gives back becomes a word, a description or one line of an error."""

from __future__ import annotations

import pytest

from tests.worker.client import Worker
from tests.worker.conftest import Load


@pytest.mark.parametrize(
    ("value", "outcome", "word"),
    [
        ("'Hats'", "word", "Hats"),
        ("np.str_('Hats')", "word", "Hats"),
        ("Loud('Hats')", "word", "Hats"),
        ("'帽子'", "word", "帽子"),
        ("'\\ud800'", "word", "?"),
        ("'Hats\\r\\x00'", "word", "Hats  "),
        ("''", "word", ""),
        ("None", "wrong-type", "None"),
        ("3", "wrong-type", "int 3"),
        ("True", "wrong-type", "bool True"),
        ("np.int64(3)", "wrong-type", "numpy.int64 3"),
        ("float('nan')", "wrong-type", "float nan"),
        ("b'Hats'", "wrong-type", "bytes b'Hats'"),
        ("['Hats']", "wrong-type", "list of 1 str: 'Hats'"),
        ("('Hats', 0.9)", "wrong-type", "tuple of 2 str, float: 'Hats', 0.9"),
        ("{}", "wrong-type", "empty dict"),
        ("np.eye(1, 26, 3)", "wrong-type", "numpy.ndarray of shape (1, 26), argmax 3"),
        ("np.array('Hats')", "wrong-type", "numpy.ndarray of shape (): 'Hats'"),
        ("np.array([7])", "wrong-type", "numpy.ndarray of shape (1,), value 7"),
        ("predict", "wrong-type", "function object"),
        ("Evil()", "wrong-type", "Evil object"),
    ],
)
def test_a_value(worker: Worker, load: Load, value: str, outcome: str, word: str) -> None:
    load(
        main=f"""
import numpy as np
class Loud(str):
    def __str__(self): raise SystemExit
    def encode(self, *rest): return 1 / 0
    def __len__(self): return 10 ** 9
class Evil:
    def __getattr__(self, name): raise AttributeError(name)
    def __str__(self): raise KeyboardInterrupt
def predict(image): return {value}
"""
    )
    assert worker.predict() == (outcome, word)


@pytest.mark.parametrize(
    ("deed", "word"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(2)", "SystemExit: exit with 2"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise Evil", "Evil: <Evil without a text>"),
        ("raise ValueError('one\\ntwo')", "ValueError: one"),
        ("predict(image)", "RecursionError: maximum recursion depth exceeded"),
        ("raise BaseException", "BaseException"),
    ],
)
def test_an_exception_is_one_line(worker: Worker, load: Load, deed: str, word: str) -> None:
    load(
        main=f"""
class Evil(Exception):
    def __str__(self): raise SystemExit
def predict(image): {deed}
"""
    )
    outcome, said = worker.predict()
    assert outcome == "raised"
    assert said.startswith(word)
    error = worker.ask("last_error")["error"]
    assert (error["file"], error["line"]) == ("main.py", 4)


def test_a_long_answer_is_cut(worker: Worker, load: Load) -> None:
    load(main="def predict(image): return '帽' * 10000")
    assert 70 < len(worker.predict()[1]) < 240
