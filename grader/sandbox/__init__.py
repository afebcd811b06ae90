"""Sandboxes: start a worker confined, end its whole process tree, tell why it ended."""
