"""Pages and exports, made from evidence and grades alone."""

from grader.report.publishing import Source, publish
from grader.report.values import Context, Marked, Result

__all__ = ["Context", "Marked", "Result", "Source", "publish"]
