"""What is known of real submissions, row by row, and the golden submissions that show it."""

from __future__ import annotations

import pytest

from tests.golden.submissions import EXPECTED

# Rows that every framework knows: each has a submission in two of them.
ROWS = {
    "dataset-at-import": "reads an image or a folder of the data set at import",
    "weights-at-import": "loads weights at import, by a path relative to main.py",
    "path-elsewhere": "the path in the code is not where the weights lie",
    "weights-in-every-call": "loads weights in every call of predict",
    "network-on-first-call": "builds the network on the first call of predict",
    "trains-at-import": "trains at import for 1000 epochs",
    "global-under-main": "predict uses a global that exists only under the main guard",
    "no-predict": "a script without predict",
    "predict-elsewhere": "predict in another file, while main.py trains",
    "wants-something-else": "predict wants a batched tensor or a PIL image",
    "parameter-name": "the parameter is not called image",
    "installs": "installs packages at import",
    "plots": "shows plots, also in predict",
    "prints": "prints at import and for every image",
    "pretrained": "downloads pretrained weights",
    "weights-outside-results": "weights in another folder than results",
    "augmentation-ensemble": "augmentation at test time, several networks",
    "notebooks": "a notebook with marked cells; one that disagrees with main.py",
    "other-classes": "another lab's six classes",
    "imports": "what most submissions import",
    "channel-order": "trained on the other order of channels",
    "shifted-labels": "numbered by a data set that lacks a folder",
    "nondeterministic": "preprocessing or network at random",
}
# Rows of one framework.
BOUND = {
    "asks-nvidia-smi": ("mindspore", "asks for nvidia-smi, then sets the device GPU"),
    "ascend-fixed": ("mindspore", "sets the device Ascend"),
    "old-interfaces": ("mindspore", "c_transforms in three places, get_next, is_grad, workers"),
    "foreign-parameters": ("mindspore", "parameter names that match nothing: a head of ones"),
    "old-checkpoint": ("mindspore", "a checkpoint of 1.x"),
    "map-location": ("torch", "torch.load without map_location of what a card saved"),
    "weights-only": ("torch", "torch.load of a whole network without weights_only"),
}


def runtimes_of(row: str) -> set[str]:
    """Runtimes of the submissions that show a row."""
    return {case["runtime"] for case in EXPECTED.values() if row in case.get("rows", [])}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_shown_in_two_frameworks(row: str) -> None:
    assert len(runtimes_of(row) - {"any"}) >= 2


@pytest.mark.parametrize("row", BOUND)
def test_a_row_of_one_framework_is_shown_in_it(row: str) -> None:
    assert BOUND[row][0] in runtimes_of(row)


def test_cases_name_known_rows() -> None:
    named = {row for case in EXPECTED.values() for row in case.get("rows", [])}
    assert named <= ROWS.keys() | BOUND.keys()
