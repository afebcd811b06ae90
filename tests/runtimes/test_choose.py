from __future__ import annotations

import pytest

from grader.runtimes.choose import RuntimeMissingError, choose
from grader.runtimes.detect import Runtime
from grader.runtimes.imports import ImportScan, PackageImport
from tests.runtimes.interpreters import runtime

MODERN = runtime("mindspore", ["mindspore", "easydict"])
OLD = runtime("mindspore1", ["mindspore", "easydict", "six"], ("CPU", "GPU"))
TORCH = runtime("torch", ["torch", "timm", "sklearn"], ("CPU", "GPU"))
FLOW = runtime("tensorflow", ["tensorflow", "sklearn"])
ALL = (MODERN, OLD, TORCH, FLOW)


def imports(*required: str, optional: tuple[str, ...] = ()) -> ImportScan:
    return ImportScan(
        imports=(
            *(PackageImport(name, "main.py", 1, False) for name in required),
            *(PackageImport(name, "main.py", 2, True) for name in optional),
        )
    )


@pytest.mark.parametrize(
    ("scan", "name"),
    [
        (imports("mindspore", "cv2"), "mindspore"),
        (imports("torch", "numpy"), "torch"),
        (imports("tensorflow", "PIL"), "tensorflow"),
        (imports("numpy", "cv2", "os"), "mindspore"),
        (imports(), "mindspore"),
        (imports("mindspore", "six"), "mindspore1"),  # 2.x lacks it
        (imports("numpy", "sklearn"), "torch"),
        (imports("numpy", optional=("torch",)), "torch"),  # LeNet5 in another file
        (imports("mindspore", optional=("torch", "wandb")), "mindspore"),
        (imports("torch", "wandb"), "torch"),
        (imports("numpy", optional=("wandb",)), "mindspore"),
    ],
)
def test_a_submission_goes_to_the_first_runtime_that_has_what_it_imports(
    scan: ImportScan, name: str
) -> None:
    assert choose(scan, ALL).runtime.name == name


def test_the_reason_names_what_is_imported_beyond_python() -> None:
    choice = choose(imports("cv2", "mindspore", "os"), ALL)
    assert str(choice.reason) == "imports cv2, mindspore"
    assert choice.reason.said_in("zh") == "导入了 cv2, mindspore"
    assert (choice.missing, choice.tried) == ((), ())


def test_a_missing_package_is_named_with_what_was_tried() -> None:
    choice = choose(imports("torch", "wandb"), ALL)
    assert choice.missing == ("wandb",)
    assert choice.tried == ("mindspore", "mindspore1", "torch", "tensorflow")
    assert "no runtime has wandb" in str(choice.reason)


def test_the_forced_runtime_is_taken_whatever_package_it_lacks() -> None:
    choice = choose(imports("wandb"), ALL, forced="tensorflow")
    assert (choice.runtime.name, choice.missing) == ("tensorflow", ("wandb",))
    with pytest.raises(
        RuntimeMissingError, match=r"imports torch, which .* \(tensorflow\)"
    ) as of_run:
        choose(imports("torch"), ALL, forced="tensorflow")
    assert of_run.value.cure == "Run it without --runtime."
    with pytest.raises(RuntimeMissingError, match="not installed") as caught:
        choose(imports("torch"), (MODERN,), forced="torch")
    assert caught.value.cure == "Install it: grade runtime add torch"


@pytest.mark.parametrize(
    ("scan", "there", "cure"),
    [
        (imports("torch", "wandb"), (MODERN, OLD), "grade runtime add torch"),
        (imports("torchvision", "numpy"), (MODERN,), "grade runtime add torch"),
        (imports("keras"), (MODERN, TORCH), "grade runtime add tensorflow"),
        (imports("mindspore"), (TORCH,), "grade runtime add mindspore"),
        (imports("mindspore", "torch"), (MODERN,), "grade runtime add torch"),
    ],
)
def test_what_a_recipe_offers_is_the_operators_to_add(
    scan: ImportScan, there: tuple[Runtime, ...], cure: str
) -> None:
    with pytest.raises(RuntimeMissingError, match="no runtime of this machine has it") as caught:
        choose(scan, there)
    assert caught.value.cure == f"Install one that has: {cure}"


@pytest.mark.parametrize(
    ("scan", "missing"),
    [
        (imports("mindspore", "torchvision"), ("torchvision",)),  # no runtime has both
        (imports("wandb"), ("wandb",)),
        (imports("numpy", optional=("torch",)), ()),
    ],
)
def test_what_no_recipe_could_give_is_told_and_left_to_the_import(
    scan: ImportScan, missing: tuple[str, ...]
) -> None:
    assert choose(scan, (runtime("mindspore", ["mindspore", "numpy"]),)).missing == missing


def test_a_card_needs_a_runtime_that_is_built_for_it() -> None:
    assert choose(imports("mindspore"), ALL, device="GPU").runtime.name == "mindspore1"
    assert choose(imports("torch"), ALL, device="GPU").runtime.name == "torch"
    assert choose(imports("numpy"), (MODERN,), device="GPU").runtime.name == "mindspore"


def test_there_is_no_silent_run_on_the_cpu() -> None:
    with pytest.raises(RuntimeMissingError, match=r"uses mindspore.*GPU") as caught:
        choose(imports("mindspore"), (MODERN, TORCH), device="GPU")
    assert "grade runtime add mindspore1" in caught.value.cure
    assert "--device CPU" in caught.value.cure
    with pytest.raises(RuntimeMissingError, match=r"uses torch.*Ascend"):
        choose(imports("torch"), ALL, device="Ascend")


def test_without_any_runtime_the_cure_is_named() -> None:
    with pytest.raises(RuntimeMissingError) as caught:
        choose(imports("torch"), ())
    assert "grade runtime add" in caught.value.cure
