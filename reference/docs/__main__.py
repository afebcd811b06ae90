"""Writes the committed JSON schema of ``assignment.toml`` anew."""

from reference.docs import assignment

assignment.SCHEMA_FILE.write_text(assignment.schema(), encoding="utf-8", newline="\n")
