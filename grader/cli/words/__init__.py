"""The words of commands that take long to import: help, version and complaints come at once."""
