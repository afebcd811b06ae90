"""A wrong assignment is named with file, line and cure."""

from pathlib import Path

import pytest

from grader.assignment import Assignment, AssignmentError, read_assignment
from grader.assignment.reading import line_of
from grader.examine.class_names import Vocabulary
from tests import make

TEXT = (make.HOME / "assignment.toml").read_text(encoding="utf-8")


def refusal(tmp_path: Path, before: str, after: str) -> str:
    assert before in TEXT
    (tmp_path / "assignment.toml").write_text(TEXT.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(AssignmentError) as error:
        read_assignment(tmp_path)
    return str(error.value)


def line_with(text: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), 1) if line.startswith(text))


def test_the_sample_assignment_has_the_labs_26_classes() -> None:
    assignment = make.assignment()
    assert len(assignment.names) == 26
    assert assignment.names[0] == "Plastic Bottle"
    assert assignment.classes[25].zh == "香蕉皮"


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("cost = 5 ", "cost = -5 ", "cost =", "found -5; expected a number of at least 0"),
        ("band = 5 ", "bnd = 5 ", "band =", "unknown key policy.bnd. Did you mean band?"),
        (
            'channels = "BGR"',
            'channels = "GBR"',
            "channels =",
            "found 'GBR'; expected one of 'BGR', 'RGB'",
        ),
        ("total = 600", 'total = "long"', "total =", "found 'long'; expected a number"),
        ('folder = "00_01"', 'folder = "../x"', 'folder = "00_01"', "classes.folder"),
        ("report_from = 80", "report_from = 90", "report_from =", "must not be above"),
    ],
)
def test_a_wrong_value_is_named_with_file_line_and_cure(
    tmp_path: Path, before: str, after: str, line: str, words: str
) -> None:
    message = refusal(tmp_path, before, after)
    assert f"assignment.toml:{line_with(line)}: " in message
    assert words in message


def test_all_wrong_values_are_named_at_once(tmp_path: Path) -> None:
    text = TEXT.replace("cost = 5 ", "cost = -5 ").replace("answer = 5 ", "answer = 0 ")
    (tmp_path / "assignment.toml").write_text(text, encoding="utf-8")
    with pytest.raises(AssignmentError) as error:
        read_assignment(tmp_path)
    assert len(str(error.value).splitlines()) == 2


def test_two_classes_of_one_folder_are_refused(tmp_path: Path) -> None:
    assert "00_00 is used by more than one" in refusal(
        tmp_path, 'folder = "00_01"', 'folder = "00_00"'
    )


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    assert "line" in refusal(tmp_path, "points = 100", "points = ")


def test_an_absent_assignment_says_which_option_names_it(tmp_path: Path) -> None:
    with pytest.raises(AssignmentError, match="--assignment"):
        read_assignment(tmp_path)


def test_set_overrides_any_value() -> None:
    assignment = make.assignment("limits.total=30", "interface.channels=RGB", "policy.cost=2.5")
    assert assignment.limits.total == 30
    assert assignment.interface.channels == "RGB"
    assert assignment.policy.cost == 2.5


@pytest.mark.parametrize("setting", ["limits.totl=3", "limits.total=-1", "limits", "a.b.c=1"])
def test_a_wrong_setting_is_named_as_it_was_typed(setting: str) -> None:
    with pytest.raises(AssignmentError) as error:
        make.assignment(setting)
    assert setting.split("=")[0].split(".")[0] in str(error.value)


POLICIES = {
    "linear": 'rule = "linear"\nzero_at = 40\nreport_from = 60\n',
    "formula": 'rule = "formula"\nformula = "percent"\n',
    "wrong": "cost = -1\n",
}


def with_policy(folder: Path, rule: str, *settings: str) -> Assignment:
    keys, classes = POLICIES[rule], ""
    for name in ("a", "b"):
        classes += f'[[classes]]\nfolder = "{name}"\n'
    text = f'[assignment]\nid = "x"\ntitle = {{ en = "X" }}\n[policy]\n{keys}{classes}'
    (folder / "assignment.toml").write_text(text, encoding="utf-8")
    return read_assignment(folder, settings)


@pytest.mark.parametrize("rule", ["linear", "formula"])
def test_a_rule_that_is_set_puts_the_keys_of_the_files_rule_out_of_force(
    tmp_path: Path, rule: str
) -> None:
    policy = with_policy(tmp_path, rule, "policy.rule=bands").policy
    assert (policy.rule, policy.zero_at, policy.formula) == ("bands", 0, "")
    other = {"linear": "policy.zero_at=30", "formula": "policy.formula='percent / 2'"}
    with pytest.raises(AssignmentError, match=r"--set policy.*counts only with"):
        with_policy(tmp_path, rule, "policy.rule=bands", other[rule])


def test_what_only_a_setting_makes_wrong_is_told_at_the_setting(tmp_path: Path) -> None:
    with pytest.raises(AssignmentError) as error:
        with_policy(tmp_path, "linear", "limits.total=9", "policy.full_at=50")
    said = str(error.value)
    assert said.startswith("--set policy.full_at=50: policy.report_from: report_from (60) must not")
    assert said.endswith("Correct it, or set policy.report_from, too.")
    assert "assignment.toml:" not in said and "limits" not in said
    with pytest.raises(AssignmentError, match=r"assignment.toml:5: policy.cost"):
        with_policy(tmp_path, "wrong", "policy.full_at=50")


WORDS_OF_PYDANTIC = ("Input should", "a valid", "ensure", "Field required", "type=", "Value error")


@pytest.mark.parametrize("value", ["-1", "1e9", "nan", "true", "'x'", "''", "[]", "{}", "2.5", "x"])
def test_no_wrong_value_is_said_in_words_of_a_library(value: str) -> None:
    """Every key of the assignment, with values of every kind: where one is refused, key and value
    are named in both languages.
    """
    data = make.assignment().model_dump(mode="json", exclude={"home", "classes"}, by_alias=True)
    keys = [*data, *(f"{table}.{key}" for table, inner in data.items() for key in inner)]
    refused = 0
    for key in [*keys, "assignment.title.en", "classes", "policy.cots"]:
        try:
            make.assignment(f"{key}={value}")
        except AssignmentError as error:
            refused += 1
            assert key.rpartition(".")[2] in str(error)
            assert not any(word in str(error) for word in WORDS_OF_PYDANTIC)
            for told in error.said:
                assert "another value" not in str(told)
                assert "?" not in str(told).replace("Did you mean cost?", "")  # a fact that lacks
                assert any("\u4e00" <= letter <= "\u9fff" for letter in told.said_in("zh"))
    assert refused > 5


def test_a_rule_of_ours_is_said_in_chinese_too() -> None:
    with pytest.raises(AssignmentError) as error:
        make.assignment("policy.report_from=90")
    assert "不能高于" in error.value.said_in("zh")


def lab(folder: Path, text: str) -> Assignment:
    (folder / "assignment.toml").write_text(
        '[assignment]\nid = "x"\ntitle = { en = "X" }\n' + text, encoding="utf-8"
    )
    return read_assignment(folder)


def test_what_is_not_written_is_never_an_error(tmp_path: Path) -> None:
    """Whatever one key is set to that may be set to it, the others keep their defaults."""
    classes = '\n[[classes]]\nfolder = "三角形"\n[[classes]]\nfolder = "círculo rojo"\n'
    for table in ("", "[policy]\nfull_at = 60", '[policy]\nrule = "linear"', "[interface]"):
        one = lab(tmp_path, table + classes)
        assert one.names == ("三角形", "círculo rojo")
        assert (one.interface.lenet5, one.policy.report_from) == ("", None)


@pytest.mark.parametrize("folder", ["a/b", "..", ".hidden", "a\\\\b", "a ", "", "a:b"])
def test_what_can_be_no_folder_is_no_folder_of_a_class(tmp_path: Path, folder: str) -> None:
    with pytest.raises(AssignmentError, match=r"assignment\.toml:5"):
        lab(tmp_path, f'[[classes]]\nfolder = "{folder}"\n[[classes]]\nfolder = "b"\n')


@pytest.mark.parametrize(
    "formula",
    ["1 / correct", "2 ** percent", "x", "__import__('os')", "(1).real", "min(1)", "min", "[1]",
     "percent if percent > 200 else max", "1 +", "lambda: 1", "'a'", "2 ** 9 ** 9", "1 % 2",
     "round(1, 2)", "1e99"],
)  # fmt: skip
def test_a_formula_that_may_fail_is_refused_before_anybody_is_marked(formula: str) -> None:
    with pytest.raises(AssignmentError) as error:
        make.assignment(f"policy.formula={formula!r}")
    assert "policy.formula" in str(error.value)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error.value.said_in("zh"))


def test_classes_whose_names_differ_in_little_are_told_apart(tmp_path: Path) -> None:
    names = ["a", "A", "+", "-", "C-", "C", "café", "Red Circle"]
    one = lab(tmp_path, "".join(f'[[classes]]\nfolder = "f{n}"\nen = "{name}"\n'
                               for n, name in enumerate(names)))  # fmt: skip
    vocabulary = Vocabulary(one.classes)
    for name in names:
        assert vocabulary.name(name) == vocabulary.name(f" {name}\n") == name
    assert vocabulary.name("CAFE\u0301") == "café" and vocabulary.name("redcircle") == "Red Circle"
    assert vocabulary.name("c") is None and vocabulary.name("=") is None


def test_a_name_belongs_to_one_class_and_fits_an_answer(tmp_path: Path) -> None:
    with pytest.raises(AssignmentError, match="used by more than one class"):
        lab(tmp_path, '[[classes]]\nfolder = "a"\nzh = "b"\n[[classes]]\nfolder = "b"\n')
    with pytest.raises(AssignmentError, match="200 bytes"):
        lab(tmp_path, f'[[classes]]\nfolder = "a"\nen = "{"类" * 70}"\n')


NESTED = """[policy]
rule = "bands"
[policy.parts.points]
rule = "linear"
[[networks]]
name = "A"
[[networks.layers]]
kinds = ["dense"]
[[networks]]
name = "B"
[[networks.layers]]
kinds = ["dense"]
weights = [8]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("policy", "rule"), 2),
        (("policy", "parts", "points", "rule"), 4),
        (("policy", "parts", "points", "full_at"), 3),
        (("networks", "1", "layers", "0", "weights", "0"), 13),
        (("networks", "0", "layers", "0", "kinds"), 8),
        (("networks", "1", "layers", "0", "outputs"), 11),
    ],
)
def test_the_line_of_a_key_in_tables_within_tables(path: tuple[str, ...], line: int) -> None:
    assert line_of(NESTED, path) == line
