"""Pages and exports, made from evidence and grades alone."""

from grader.report.publishing import publish
from grader.report.values import Context, Result

__all__ = ["Context", "Result", "publish"]
