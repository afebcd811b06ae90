"""Adds to the site what is made of the code and what lies outside ``docs/``: a hook of MkDocs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # a hook is loaded as a lone file
OUTSIDE = {"changelog.md": "CHANGELOG.md"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The files of the site, with the generated ones."""
    from reference.docs import pages

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    for path, source in OUTSIDE.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, path, content=_without_links(text)))
    return files


def _without_links(text: str) -> str:
    """The text with links into the repository, which the site does not have, as plain words."""
    return re.sub(r"\[([^\]]+)\]\((?!http)[^)]+\)", r"\1", text)
