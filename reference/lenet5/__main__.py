"""Command line of LeNet5: train, eval, infer, export."""

import argparse
import sys
from pathlib import Path

import cv2

from reference import framework
from reference.console import complain, say
from reference.lenet5.mnist import MnistError, read_mnist
from reference.lenet5.network import LeNet5
from reference.lenet5.training import PLAN, ExportError, export, predictions, train


def _score(network: LeNet5, folder: Path) -> str:
    digits = read_mnist(folder, train=False)
    correct = int((predictions(network, digits.images) == digits.labels).sum())
    total = len(digits.labels)
    return f"{correct} of {total} test digits ({100 * correct / total:.2f} %)"


def _trained(options: argparse.Namespace) -> LeNet5:
    framework.set_up(seed=1)
    network = LeNet5()
    framework.load(network, options.checkpoint)
    return network


def run_train(options: argparse.Namespace) -> None:
    """Train on the 60,000 digits and measure on the 10,000."""
    framework.set_up(options.seed)
    network = LeNet5()
    plan = PLAN._replace(epochs=options.epochs, seed=options.seed)
    for epoch in train(network, read_mnist(options.data, train=True), plan, options.out):
        say(f"epoch {epoch.number}: loss {epoch.loss:.4f}, {_score(network, options.data)}")


def run_eval(options: argparse.Namespace) -> None:
    """Print how many of the 10,000 test digits a checkpoint reads."""
    say(_score(_trained(options), options.data))


def run_infer(options: argparse.Namespace) -> None:
    """Print the digit on each image file: light on dark, as MNIST's are."""
    network = _trained(options)
    for path in options.images:
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise MnistError(f"{path}: not an image that OpenCV can decode")
        say(f"{path}\t{predictions(network, [image])[0]}")


def run_export(options: argparse.Namespace) -> None:
    """Write each file by its suffix; where one cannot be written, the others still are."""
    network = _trained(options)
    failures = []
    for path in options.files:
        try:
            export(network, path)
            say(f"wrote {path}")
        except ExportError as error:
            failures.append(str(error))
    if failures:
        raise ExportError("\n".join(failures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reference.lenet5", description=__doc__)
    commands = parser.add_subparsers(required=True)

    sub = commands.add_parser("train", help="train; saves a checkpoint each epoch")
    sub.set_defaults(run=run_train)
    sub.add_argument("--data", type=Path, required=True, help="folder with MNIST's four files")
    sub.add_argument("--out", type=Path, required=True, help="folder for checkpoints")
    sub.add_argument("--epochs", type=int, default=PLAN.epochs)
    sub.add_argument("--seed", type=int, default=PLAN.seed)

    sub = commands.add_parser("eval", help="measure a checkpoint on MNIST's test digits")
    sub.set_defaults(run=run_eval)
    sub.add_argument("--data", type=Path, required=True, help="folder with MNIST's test files")
    sub.add_argument("--checkpoint", type=Path, required=True)

    sub = commands.add_parser("infer", help="read the digit on image files")
    sub.set_defaults(run=run_infer)
    sub.add_argument("--checkpoint", type=Path, required=True)
    sub.add_argument("images", type=Path, nargs="+")

    sub = commands.add_parser("export", help="write MindIR and ONNX (where MindSpore can)")
    sub.set_defaults(run=run_export)
    sub.add_argument("--checkpoint", type=Path, required=True)
    sub.add_argument("files", type=Path, nargs="+", help="names ending in .mindir or .onnx")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0, or 2 where input is missing or does not fit."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (MnistError, ExportError, framework.WeightsMismatchError) as error:
        complain(error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
