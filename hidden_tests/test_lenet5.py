"""Checks of LeNet5 (LeCun et al. 1998, as the lecture builds it).

The first line of a docstring is what the student reads in English, the next one in Chinese.
"""

import numpy as np
from numpy.typing import NDArray

from grader.checks import expect
from grader.checks.subjects import DatasetSubject, LeNet5Subject, SubmissionSubject

# Weights of the two convolutions and the three dense layers, whichever way round a framework
# keeps them: (out, in) in MindSpore and PyTorch, (in, out) in Keras.
KERNELS = {(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)}
BIASES = {6, 16, 120, 84, 10}
COUNTS = (61_684, 61_706)


def test_can_be_built(submission: SubmissionSubject) -> None:
    """LeNet5 is there and can be built.

    能找到并构建 LeNet5。
    """
    report = submission.lenet5
    none = "no network of that name in any file\n所有文件中都没有这个名字的网络"
    if report.file:
        place = f"{report.file}, line {report.line}"
        none = (
            f"a class at {place}, that derives from no network class of a framework\n"
            f"{place} 处的类没有继承任何框架的网络类"
        )
    expect(
        report.found,
        "No LeNet5 could be built.\n无法构建 LeNet5。",
        expected="a network class LeNet5 that can be built without arguments\n"
        "无需参数即可构建的网络类 LeNet5",
        actual=report.error.told if report.error else none,
        help="Define class LeNet5 in main.py or in a module beside it.\n"
        "请在 main.py 或同目录的模块中定义 LeNet5 类。",
    )


def test_one_image(lenet5: LeNet5Subject) -> None:
    """One image (1, 1, 32, 32) gives one row of 10 finite numbers; 28x28 is a known variant.

    一张图片 (1, 1, 32, 32) 得到一行 10 个有限的数；28x28 为已知变体。
    """
    _expect_rows(lenet5, 1)


def test_batch(lenet5: LeNet5Subject) -> None:
    """A batch (32, 1, 32, 32) gives 32 rows of 10 finite numbers.

    一批图片 (32, 1, 32, 32) 得到 32 行、每行 10 个有限的数。
    """
    _expect_rows(lenet5, 32)


def test_parameter_shapes(lenet5: LeNet5Subject) -> None:
    """The five layers have the lecture's shapes.

    五个层的形状与课件一致。
    """
    kernels = {_usual(shape) for shape in lenet5.shapes if len(shape) > 1}
    others = {shape[0] for shape in lenet5.shapes if len(shape) == 1}
    missing = sorted(KERNELS - kernels)
    foreign = sorted(kernels - KERNELS)
    expect(
        not missing and not foreign and others <= BIASES,
        "The layers differ from the lecture's.\n网络层与课件不同。",
        expected=", ".join(map(str, missing)) or ", ".join(map(str, sorted(KERNELS))),
        actual=", ".join(map(str, foreign)) or f"biases of {sorted(others)}\n偏置 {sorted(others)}",
        help="Conv 1→6 and 6→16 with kernel 5 and no padding, then Dense 400→120→84→10.\n"
        "卷积 1→6、6→16，核大小 5，无填充；全连接 400→120→84→10。",
    )


def test_parameter_count(lenet5: LeNet5Subject) -> None:
    """The network has 61,684 weights, or 61,706 with biases in the convolutions.

    网络共有 61,684 个参数；卷积带偏置时为 61,706 个。
    """
    expect(
        lenet5.count in COUNTS,
        "The number of weights differs.\n参数数量不同。",
        expected="61,684 (without biases in the convolutions) or 61,706 (with biases everywhere)\n"
        "61,684（卷积无偏置）或 61,706（全部带偏置）",
        actual=f"{lenet5.count:,}",
        help="Compare the layers one by one with the lecture's.\n请逐层与课件对照。",
    )


def test_outputs(lenet5: LeNet5Subject) -> None:
    """With the lecture's weights it computes what the lecture's network computes.

    放入课件网络的参数后，输出与课件网络一致。
    """
    images = _images(lenet5, 4)
    lenet5.put_known_weights()
    expected = lenet5.expected_outputs(images)
    output = lenet5(images)
    expect(
        output.shape == expected.shape and np.allclose(output, expected, rtol=1e-4, atol=1e-4),
        "The outputs differ from the reference's.\n输出与参考网络不同。",
        expected=f"{expected[0, :3].round(4).tolist()} … ± 0.0001",
        actual=f"{output.reshape(-1)[:3].round(4).tolist()} …",
        help="Look at the order of layers, at activations, and at how the maps are flattened.\n"
        "请检查各层的顺序、激活函数以及特征图的展平方式。",
    )


def test_a_batch_equals_its_rows(lenet5: LeNet5Subject) -> None:
    """A batch gives the same as its images one by one, and twice the same.

    一批图片的结果与逐张结果相同，重复运行结果也相同。
    """
    images = _images(lenet5, 4)
    together, again = lenet5(images), lenet5(images)
    alone = np.concatenate([lenet5(image[None]) for image in images])
    expect(
        np.array_equal(together, again),
        "Two runs give different outputs.\n两次运行的输出不同。",
        expected="equal outputs\n相同的输出",
        actual=_apart(together, again),
        help="Switch dropout off outside of training.\n训练之外请关闭 dropout。",
    )
    expect(
        together.shape == alone.shape and np.allclose(together, alone, rtol=1e-4, atol=1e-4),
        "An image's output depends on the others in its batch.\n某张图片的输出受同批其他图片影响。",
        expected="equal outputs\n相同的输出",
        actual=_apart(together, alone),
        help="Batch normalisation in training mode does this.\n"
        "处于训练模式的批归一化会造成这种情况。",
    )


def test_it_trains(lenet5: LeNet5Subject) -> None:
    """On 64 digits the loss falls clearly within 30 steps.

    在 64 个数字上训练 30 步，损失明显下降。
    """
    lenet5.put_known_weights()  # the same start for everybody: initial values are no mistake
    losses = lenet5.losses(30)
    first, last = float(np.mean(losses[:3])), float(np.mean(losses[-3:]))
    expect(
        last < 0.8 * first,
        "The network hardly learns.\n网络几乎没有学到东西。",
        expected=f"a loss below {0.8 * first:.2f}\n损失低于 {0.8 * first:.2f}",
        actual=f"{first:.2f} → {last:.2f}",
        help="Look for a softmax before the loss, sigmoid activations or frozen parameters.\n"
        "请检查损失之前是否有 softmax、是否使用 sigmoid 激活或冻结了参数。",
    )


def test_dataset(dataset: DatasetSubject, submission: SubmissionSubject) -> None:
    """The data set gives batches (32, 1, 32, 32), float32, normalised, with 32 whole labels; sizes
    as the submission's own LeNet5 takes them.

    数据集给出形状为 (32, 1, 32, 32) 的 float32 归一化批次，以及 32 个整数标签。
    """
    report = dataset.report
    none = "no function of that name in any file\n所有文件中都没有这个名字的函数"
    expect(
        report.found and report.error is None,
        "No batch could be had.\n无法取得一批数据。",
        expected=f"{dataset.name}(folder with MNIST's files) gives a data set\n"
        f"{dataset.name}(含 MNIST 文件的文件夹) 返回数据集",
        actual=report.error.told if report.error else none,
        help="The folder has the four files themselves and, as in the lecture, train/ and test/.\n"
        "该文件夹直接包含四个文件，并如课件那样含有 train/ 与 test/。",
    )
    images, labels, network = report.images, report.labels, submission.lenet5
    size = 28 if network.input == [1, 28, 28] else 32
    shape = (32, size, size, 1) if network.framework == "keras" else (32, 1, size, size)
    # int32 is what MindSpore's loss takes; PyTorch's takes int64.
    kinds = ["int32"] if network.framework == "mindspore" else ["int32", "int64"]
    form = (tuple(images.shape), images.dtype, tuple(labels.shape), labels.dtype)
    expect(
        form in [(shape, "float32", (32,), kind) for kind in kinds],
        "A batch has another form.\n一批数据的形式不同。",
        expected=f"images {shape} float32, labels (32,) int32",
        actual=f"images {form[0]} {form[1]}, labels {form[2]} {form[3]}",
        help="Resize to 32, bring the channel to the front (HWC2CHW), cast labels to int32, then "
        "batch by 32.\n缩放到 32，把通道移到最前（HWC2CHW），标签转为 int32，再按 32 分批。",
    )
    least, most = float(dataset.images.min()), float(dataset.images.max())
    expect(
        -5 < least < 0 < most < 5,
        "The images are not normalised.\n图片没有归一化。",
        expected="values below and above 0: (x / 255 - 0.1307) / 0.3081\n"
        "小于和大于 0 的值：(x / 255 - 0.1307) / 0.3081",
        actual=f"values from {least:.2f} to {most:.2f}\n值从 {least:.2f} 到 {most:.2f}",
        help="Rescale by 1 / (255 * 0.3081) and shift by -0.1307 / 0.3081.\n"
        "缩放 1 / (255 * 0.3081)，平移 -0.1307 / 0.3081。",
    )


def _expect_rows(lenet5: LeNet5Subject, rows: int) -> None:
    output = lenet5(_images(lenet5, rows))
    expect(
        output.shape == (rows, 10),
        "The output has another shape.\n输出的形状不同。",
        expected=(rows, 10),
        actual=output.shape,
        help="Flatten to (N, 400) before the dense layers and end with 10 outputs.\n"
        "全连接层之前展平为 (N, 400)，最后输出 10 个数。",
    )
    expect(
        np.isfinite(output).all(),
        "The output has numbers that are not finite.\n输出中有非有限的数。",
        expected="finite numbers\n有限的数",
        actual=f"{int((~np.isfinite(output)).sum())} / {output.size} NaN, Inf",
    )


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> str:
    if one.shape != other.shape:
        return f"{one.shape}, {other.shape}"
    most = float(np.abs(one - other).max())
    return f"up to {most:.2g} apart\n最大相差 {most:.2g}"


def _images(lenet5: LeNet5Subject, count: int) -> NDArray[np.float32]:
    size = (count, 1, lenet5.size, lenet5.size)
    return np.random.default_rng(0).normal(size=size).astype(np.float32)


def _usual(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape as (out, in, …): Keras keeps kernels as (height, width, in, out) and (in, out);
    a fifth layer that is a convolution over 5 x 5 maps is the lecture's dense 400→120.
    """
    if len(shape) == 4 and shape[0] == shape[1] == 5:
        shape = (shape[3], shape[2], shape[0], shape[1])
    if shape == (120, 16, 5, 5):
        return (120, 400)
    if len(shape) == 2 and shape[::-1] in KERNELS:
        return shape[::-1]
    return shape
