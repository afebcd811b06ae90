"""The assignment: what is asked and how it is marked, read from ``assignment.toml``."""

from grader.assignment.model import (
    About,
    Assignment,
    ImagesSettings,
    Interface,
    Label,
    Limits,
    PagesSettings,
    Part,
    PlatformSettings,
    RunSettings,
)
from grader.assignment.networks import LENET5_LAYERS, AskedLayer, AskedNetwork, lenet5
from grader.assignment.policy import MarkRule, Policy, Title
from grader.assignment.reading import (
    FILE_NAME,
    AssignmentError,
    line_of,
    read_assignment,
    with_settings,
)

__all__ = [
    "FILE_NAME",
    "LENET5_LAYERS",
    "About",
    "AskedLayer",
    "AskedNetwork",
    "Assignment",
    "AssignmentError",
    "ImagesSettings",
    "Interface",
    "Label",
    "Limits",
    "MarkRule",
    "PagesSettings",
    "Part",
    "PlatformSettings",
    "Policy",
    "RunSettings",
    "Title",
    "lenet5",
    "line_of",
    "read_assignment",
    "with_settings",
]
