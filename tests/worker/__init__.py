"""Tests of the worker, each through a real worker process."""
