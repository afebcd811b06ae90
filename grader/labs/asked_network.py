"""A network that a new lab asks for: table, reference, check, and a submission that has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import NamedTuple

from grader.checks.reference import FOLDER as REFERENCE

TEXTS = Path(__file__).parent / "texts" / "networks"
FRAMEWORKS = ("mindspore", "torch")
INPUTS: Mapping[str, tuple[int, ...]] = {"MLP": (768,), "LeNet": (3, 32, 32)}


class ScaffoldedNetwork(NamedTuple):
    """Which of INPUTS, and in which of FRAMEWORKS its reference is written."""

    name: str
    framework: str
    outputs: int

    @property
    def table(self) -> str:
        """The text of its [[networks]]."""
        return (
            "# A network that submissions are to have; what it is to be, the reference says.\n"
            "[[networks]]\n"
            f'name = "{self.name}"\n'
            f"input = {list(INPUTS[self.name])}\n"
            f"outputs = {self.outputs}\n"
            f'reference = "{self._file}"'
        )

    @property
    def files(self) -> dict[str, str]:
        """Texts by path below the lab."""
        low = self.name.lower()
        source = self._text(f"{low}.{self.framework}.py")
        return {
            self._file: source,
            f"{REFERENCE}/{low}.py": source,
            "test_network.py": self._text("test_network.py"),
        }

    @property
    def _file(self) -> str:
        return f"networks/{self.name.lower()}.py"

    def _text(self, name: str) -> str:
        facts = {"name": self.name, "inputs": "768", "outputs": str(self.outputs)}
        text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8")
        return Template(text).substitute(facts)
