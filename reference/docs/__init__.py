"""The reference part of the docs, made of the code: `pages` gives each page's Markdown.

``python -m reference.docs`` writes the JSON schema of ``assignment.toml`` anew, which is committed
so that editors find it; all else is made when the site is built.
"""

from __future__ import annotations

from collections.abc import Mapping

from reference.docs import assignment, command_line, documents, findings, fixtures


def pages() -> Mapping[str, str]:
    """Path below ``docs/`` -> text, of all generated pages and schemas."""
    return {
        "reference/command-line.md": command_line.page(),
        "reference/assignment.md": assignment.page(),
        "reference/assignment.schema.json": assignment.schema(),
        "reference/findings.md": findings.page(),
        "reference/fixtures.md": fixtures.page(),
        "reference/documents.md": documents.page(),
        **documents.schemas(),
    }
