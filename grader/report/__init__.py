"""Pages and exports, made from evidence and grades alone."""

from grader.report.publishing import ResultSource, publish
from grader.report.values import Context, MarkedResult, Result

__all__ = ["Context", "MarkedResult", "Result", "ResultSource", "publish"]
