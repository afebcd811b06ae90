"""Runtimes: which interpreters and devices there are, which one suits a submission."""
