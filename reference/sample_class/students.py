"""The sample class as a table: who hands in what, and what the grader should find."""

from typing import NamedTuple

from reference.sample_class.recipes import Recipe

MINDSPORE_STARTER = ("classes.py", "lenet5.py", "mobilenetv2.py")
"""What the course gives out and most students keep, from `templates/starter`."""

EIGHTY = (104, 110)
"""80 % to below 85 % of 130 images, as counts."""
SEVENTY = (91, 97)


class Student(NamedTuple):
    """One submission. `template` is a folder of `templates/`, copied as it is with `starter` files.

    `weights` is where the trained weights go; .pth is written by PyTorch, the rest by MindSpore;
    "" hands in none. `records` adds log and checkpoints of the training and fills in the report.
    `form`: "folder", "notebook" or "zip". `finding` is the code of the main finding to expect, and
    a submission with `fault` cannot be run to the end.
    """

    number: str
    name: str
    template: str
    recipe: Recipe | None
    weights: str
    starter: tuple[str, ...] = MINDSPORE_STARTER
    records: bool = False
    form: str = "folder"
    finding: str = ""
    fault: bool = False

    @property
    def id(self) -> str:
        """Name of the folder or archive, as a learning platform gives it to a download."""
        return f"{self.number}_{self.name}"


STUDENTS = (
    Student(
        "3210000001", "张三", "full_mindspore", Recipe(11, 16), "results/mobilenetv2_best.ckpt"
    ),
    Student(
        "3210000002", "lisi", "full_torch", Recipe(12, 14), "results/garbage_net.pth", starter=()
    ),
    Student(
        "3210000003",
        "王五",
        "with_report",
        Recipe(13, band=EIGHTY),
        "results/ckpt_final.ckpt",
        records=True,
    ),
    Student(
        "3210000004",
        "赵六",
        "no_report",
        Recipe(14, band=EIGHTY),
        "results/garbage-6.ckpt",
        finding="report-missing",
    ),
    Student("3210000005", "sunqi", "early", Recipe(15, band=SEVENTY), "results/model.ckpt"),
    Student(
        "3210000006",
        "周八",
        "notebook",
        Recipe(16),
        "results/mobilenet_v2.ckpt",
        starter=(),
        form="notebook",
    ),
    Student("3210000007", "吴九", "nested_zip", Recipe(17), "results/最优模型.ckpt", form="zip"),
    Student(
        "3210000008",
        "zhengshi",
        "no_weights",
        None,
        "",
        finding="weights-missing",
        fault=True,
    ),
    Student(
        "3210000009",
        "陈一",
        "no_predict",
        Recipe(21, stop=2),
        "results/net.ckpt",
        finding="predict-missing",
        fault=True,
    ),
    Student(
        "3210000010",
        "linger",
        "endless",
        Recipe(20, stop=3),
        "results/mobilenet.ckpt",
        finding="timeout-predict",
        fault=True,
    ),
    Student(
        "3210000011",
        "黄山",
        "wrong_lenet",
        Recipe(22, 14),
        "results/best.ckpt",
        starter=("classes.py", "mobilenetv2.py"),
        finding="lenet5-shape",
    ),
    Student(
        "3210000012",
        "何水",
        "swapped",
        Recipe(19, 14, grey=0.3),
        "results/garbage_best.ckpt",
        finding="channel-order",
    ),
)
