"""The command ``grade``; thin: it reads words, calls the rooms, and shows what came of it."""

from grader.cli.main import main

__all__ = ["main"]
