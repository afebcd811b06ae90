"""The classifier: training, its files, and the submission that is made of it."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from reference import framework
from reference.garbage import __main__ as command
from reference.garbage.images import LabelledImages
from reference.garbage.labels import CLASSES, NAMES
from reference.garbage.networks import ARCHITECTURES, Classifier, build
from reference.garbage.training import evaluate, pooled_features, record, train_head, train_whole

SMALL = "mobilenet-v2-small"


@pytest.fixture
def network() -> Classifier:
    framework.set_up(seed=1, graph=False)
    return build(SMALL)


@pytest.fixture
def colours() -> LabelledImages:
    """64 images of one colour each: blue is class 0, red is class 1."""
    labels = np.arange(64, dtype=np.int32) % 2
    images = np.zeros((64, 64, 64, 3), np.uint8)
    for number, label in enumerate(labels):
        images[number, :, :, 2 * label] = 160 + number
    return LabelledImages(images, labels)


def test_sizes_are_those_of_the_papers() -> None:
    # 3.5 and 4.65 million with 1000 classes, of which the head has 1281 a class.
    for name, million in (("mobilenet-v2", 3.5), ("efficientnet-lite0", 4.65)):
        parameters = sum(each.size for each in build(name, 1000).trainable_params())
        assert parameters / 1e6 == pytest.approx(million, abs=0.05)
    assert set(ARCHITECTURES) == {"mobilenet-v2", SMALL, "efficientnet-lite0"}


@pytest.mark.thorough
def test_training_all_layers_lowers_the_loss(network: Classifier, colours: LabelledImages) -> None:
    plan = framework.Plan(epochs=3, batch=16, rate=3e-3)
    losses = [epoch.loss for epoch in train_whole(network, colours, plan)]
    assert losses[-1] < losses[0] / 2


def test_training_the_head_leaves_the_backbone_and_saves_what_can_be_loaded(
    network: Classifier, colours: LabelledImages, tmp_path: Path
) -> None:
    before = network.features[0].features[0].weight.asnumpy().copy()
    plan = framework.Plan(epochs=2, rate=1e-2)
    epochs = train_head(network, colours, plan, cache=tmp_path)
    scores = [score for _, score in record(epochs, network, colours, tmp_path / "out")]
    assert (network.features[0].features[0].weight.asnumpy() == before).all()
    fresh = build(SMALL)
    framework.load(fresh, tmp_path / "out" / "epoch-02.ckpt")
    assert evaluate(fresh, colours) == scores[-1]
    rows = (tmp_path / "out" / "training.csv").read_text().splitlines()
    assert rows[0] == "epoch,loss,correct,total"
    assert len(rows) == 3


def test_cached_features_are_those_of_this_backbone(
    network: Classifier, colours: LabelledImages, tmp_path: Path
) -> None:
    first = pooled_features(network, colours, tmp_path)
    assert (pooled_features(network, colours, tmp_path) == first).all()
    other = pooled_features(build(SMALL), colours, tmp_path)
    assert not np.allclose(other, first)
    assert len(list(tmp_path.glob("features-*.npy"))) == 2


def test_inference_gives_each_sample_its_own_row_whatever_the_batch(
    network: Classifier, colours: LabelledImages
) -> None:
    whole = framework.infer(network, colours.prepared, 37)
    one = framework.infer(network, lambda numbers: colours.prepared(numbers + 36), 1)
    assert whole.shape == (37, 26)
    assert np.allclose(whole[36], one[0], atol=1e-4)


def test_a_checkpoint_of_another_network_is_an_error_not_a_silent_success(
    network: Classifier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    framework.save(build(SMALL, classes=6), tmp_path / "six.ckpt")
    arguments = ["predict", "--checkpoint", str(tmp_path / "six.ckpt"), "any.jpg"]
    assert command.main(arguments) == 2
    assert "head.weight (26, 160)" in capsys.readouterr().err


def test_the_commands_train_a_head_on_a_backbone_measure_and_predict(
    network: Classifier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, grey in (("00_00", 20), ("03_03", 220)):
        (tmp_path / "data" / folder).mkdir(parents=True)
        for number in range(16):
            image = np.full((64, 64, 3), grey + number, np.uint8)
            cv2.imwrite(str(tmp_path / "data" / folder / f"{number}.png"), image)
    framework.save(network, tmp_path / "backbone.ckpt")
    data, out = str(tmp_path / "data"), tmp_path / "out"
    arguments = ["--data", data, "--val", data, "--out", str(out), "--epochs", "4"]
    assert command.main(["train", *arguments, "--backbone", str(tmp_path / "backbone.ckpt")]) == 0
    training = capsys.readouterr()
    assert "03_02 (Eggshell)" in training.err
    checkpoint = ["--checkpoint", str(out / "epoch-04.ckpt")]
    assert command.main(["eval", *checkpoint, "--data", data]) == 0
    measured = capsys.readouterr().out.splitlines()[-1]
    assert training.out.splitlines()[-1].endswith(measured)
    picture = tmp_path / "data" / "03_03" / "0.png"
    assert command.main(["predict", *checkpoint, str(picture)]) == 0
    path, name, chinese = capsys.readouterr().out.strip().split("\t")
    assert path == str(picture)
    assert (name, chinese) in {(each.name, each.chinese) for each in CLASSES}


def test_the_submission_answers_without_the_reference(network: Classifier, tmp_path: Path) -> None:
    framework.save(network, tmp_path / "trained.ckpt")
    arguments = ["submission", "--checkpoint", str(tmp_path / "trained.ckpt")]
    assert command.main([*arguments, "--out", str(tmp_path / "submission")]) == 0
    program = (
        "import numpy, main; print(main.predict(numpy.zeros((224, 224, 3), 'uint8')));"
        "print(sum(each.size for each in main.LeNet5().trainable_params()));"
        "import sys; print('reference' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "submission",
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    name, parameters, reference_loaded = result.stdout.split("\n")[-4:-1]
    assert name in NAMES
    assert (parameters, reference_loaded) == ("61684", "False")
