"""Engines: run many examinations, here or elsewhere."""
