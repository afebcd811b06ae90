"""Grades submissions of a deep-learning lab: confined, on hidden images, with reasons."""

__version__ = "0.2.0"
