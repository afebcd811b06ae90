from tests.report.conftest import *  # noqa: F403 - the same results
