"""Settings that all tests share."""

from hypothesis import settings

# Timings on a busy machine are no claim of ours; benchmarks/ has the figures.
settings.register_profile("grader", deadline=None)
settings.load_profile("grader")
