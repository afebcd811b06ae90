"""How much a finding weighs."""

from enum import Enum


class Severity(str, Enum):
    """How a finding weighs: ERROR cost marks or stopped the run, WARNING may, INFO does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
