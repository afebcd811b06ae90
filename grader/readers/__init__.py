"""Readers: what parses the files of a submission. They run in a sandbox of their own."""
