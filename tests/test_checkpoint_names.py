"""Names in a checkpoint that are not the network's are told apart, each with its own cure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment import Interface
from grader.examine.hint_rules import AT_IMPORT
from grader.examine.hints import cure
from grader.examine.replies import Failure
from grader.worker import prefixes

KEYS = ["features.0.weight", "features.0.bias", "head.weight"]


def refused(missing: list[str], unexpected: list[str]) -> RuntimeError:
    """As PyTorch says it."""
    listed = [
        f"{kind} key(s) in state_dict: " + ", ".join(f'"{name}"' for name in names) + ". "
        for kind, names in (("Missing", missing), ("Unexpected", unexpected))
        if names
    ]
    return RuntimeError("Error(s) in loading state_dict for Net:\n\t" + "\n\t".join(listed))


@given(
    st.sampled_from(["module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "a.b."]),
    st.lists(st.sampled_from(KEYS), min_size=1, unique=True),
)
def test_a_prefix_is_found_on_either_side(prefix: str, keys: list[str]) -> None:
    long = [prefix + key for key in keys]
    assert prefixes.of_error(refused(keys, long)) == {"extra_prefix": prefix}
    assert prefixes.of_error(refused(long, keys)) == {"lacking_prefix": prefix}


def test_a_record_of_training_is_known() -> None:
    error = refused(KEYS, ["epoch", "model_state_dict", "optimizer"])
    assert prefixes.of_error(error) == {"nested": "model_state_dict"}


def test_another_network_is_no_prefix() -> None:
    assert prefixes.of_error(refused(KEYS, ["conv1.weight", "fc.bias"])) == {}
    assert prefixes.of_error(ValueError("no state at all")) == {}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"extra_prefix": "module."}, "nn.DataParallel"),
        ({"extra_prefix": "_orig_mod."}, "torch.compile"),
        ({"extra_prefix": "backbone."}, "key[len('backbone.'):]"),
        ({"lacking_prefix": "net."}, "net.net.load_state_dict"),
        ({"nested": "state"}, "checkpoint['state']"),
        ({"type": "ValueError", "message": "pass `safe_mode=False`"}, "safe_mode=False"),
        ({"type": "TypeError", "message": "Could not locate class 'Scale'."}, "Define Scale"),
        ({"type": "ValueError", "message": "No model config found in the file"}, "load_weights"),
        ({"type": "ValueError", "message": "The file may be corrupted, and"}, "not whole"),
        ({"message": "Failed to read the checkpoint file a.ckpt. The file may be"}, "dec_key"),
        ({"message": "the checkpoint file format must same with 'format'"}, "nn.GraphCell"),
        (
            {"message": "'file_name'(MindIR file) should end with '.mindir'"},
            "load_checkpoint(path)",
        ),
        ({"message": "Load MindIR failed."}, "not whole"),
        ({"message": "'mindspore._c_expression.FuncGraph' object is not callable"}, "nn.GraphCell"),
        ({"message": "'parameter_dict' should be a dict, but got <class 'str'>."}, "not the path"),
        ({"message": "7 : INVALID_PROTOBUF : Load model from a.onnx failed"}, "not whole"),
        (
            {
                "message": "Unexpected input data type. Actual: (tensor(double)) , expected: "
                "(tensor(float))"
            },
            "type float and is given double",
        ),
        ({"message": "Got invalid dimensions for input: x for"}, "one size"),
    ],
)
def test_the_cure_names_what_mends_it(facts: dict[str, str], words: str) -> None:
    said = cure(Failure.model_validate(facts), Interface(), AT_IMPORT)
    assert said is not None
    assert words in said.said_in("en")
    assert said.said_in("zh") != said.said_in("en")
