"""A lab report as blocks that can be shown: text, code, and pictures that are drawn anew.

Nothing is executed and no markup is passed on: text is text, and a picture is one that was decoded
and encoded here.
"""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Final

from grader.readers.archive_members import entries
from grader.readers.contents import cells, decode, first, outputs, printed_by, source, text_of
from grader.readers.limits import MIB, IntakeLimits

BLOCKS: Final = 2_000
MAX_BLOCK_CHARS: Final = 20_000  # characters of one block
ALL_TEXT: Final = 400_000
PICTURES: Final = 40
PAGES: Final = 40  # of a PDF
WIDE, HIGH = 900, 1_400  # pixels of a picture, at most
MEDIA: Final = 4 * MIB  # bytes of a picture in a Word document
DOCUMENT: Final = 8 * MIB  # bytes of its text
PIXELS: Final = 40_000_000  # of a picture that is decoded
FENCE = re.compile(r"^[ \t]*(?:```|~~~).*\n?", re.MULTILINE)  # around code in Markdown
PARTS = re.compile(r"^(#{1,6}[ \t]+\S.*)$|\n\s*\n", re.MULTILINE)  # a heading, a gap
HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")

Block = dict[str, str]


def show(path: Path) -> list[Block]:
    """The blocks of the report at `path`: each with its kind ("heading", "text", "code",
    "printed", "picture") and what it holds; a picture is a JPEG in base64.
    """
    suffix = path.suffix.lower()
    reader = {".docx": _docx, ".pdf": _pdf, ".ipynb": _notebook}.get(suffix, _plain)
    found: list[Block] = []
    text = pictures = 0
    for kind, held in islice(reader(path), BLOCKS):
        if kind == "picture":
            pictures += 1
            if pictures > PICTURES:
                continue
        else:
            held = held[:MAX_BLOCK_CHARS]
            text += len(held)
        if text > ALL_TEXT:
            break
        if held.strip():
            found.append({"kind": kind, "held": held})
    return found


def _plain(path: Path) -> Iterator[tuple[str, str]]:
    text = text_of(path)
    if path.suffix.lower() in (".html", ".htm"):
        text = re.sub(r"<(script|style)\b.*?</\1\s*>", " ", text, flags=re.S | re.I)
        text = html.unescape(re.sub(r"<[^<>]{0,2000}>", " ", text))
    for place, outside in enumerate(FENCE.split(text)):
        parts = [outside] if place % 2 else PARTS.split(outside)
        for part in filter(None, parts):
            kind = "code" if place % 2 else "heading" if HEADING.match(part) else "text"
            held = HEADING.sub("", part) if kind == "heading" else part.strip("\n")
            for at in range(0, len(held), MAX_BLOCK_CHARS):
                yield kind, held[at : at + MAX_BLOCK_CHARS]


def _notebook(path: Path) -> Iterator[tuple[str, str]]:
    for cell in cells(path):
        yield "text" if cell.get("cell_type") == "markdown" else "code", source(cell)
        yield "printed", printed_by(cell)
        for output in outputs(cell):
            data = output.get("data")
            for kind in ("image/png", "image/jpeg"):
                drawn = data.get(kind) if isinstance(data, dict) else None
                if isinstance(drawn, list):
                    drawn = "".join(map(str, drawn))
                if isinstance(drawn, str):
                    yield "picture", _picture(base64.b64decode(drawn + "=="))


def _docx(path: Path) -> Iterator[tuple[str, str]]:
    """Paragraphs by their marks, each followed by the pictures that it names."""
    xml = relations = b""
    media: dict[str, bytes] = {}
    for member, content in islice(entries(path, IntakeLimits(files=20_000)), 20_000):
        if member.name == "word/document.xml":
            xml = first(content(), DOCUMENT)
        elif member.name == "word/_rels/document.xml.rels":
            relations = first(content(), MIB)
        elif member.name.startswith("word/media/") and len(media) < PICTURES:
            media[PurePosixPath(member.name).name] = first(content(), MEDIA)
    targets = {}
    for tag in re.findall(r"<Relationship\s[^<>]{0,2000}>", decode(relations)):
        told = dict(re.findall(r'\b(Id|Target)="([^"]{0,500})"', tag))
        targets[told.get("Id", "")] = PurePosixPath(told.get("Target", "")).name
    for paragraph in decode(xml).split("</w:p>"):
        said = re.findall(r"<w:t(?:\s[^<>]{0,200})?>([^<]*)</w:t>|<w:(?:br|tab)\b", paragraph)
        heading = re.search(r'<w:pStyle w:val="(?:Heading|heading|标题|Title)?\s?[1-6]"', paragraph)
        yield "heading" if heading else "text", html.unescape("".join(said))
        for name in re.findall(r'r:embed="([^"]{0,100})"', paragraph):
            if (data := media.get(targets.get(name, ""))) is not None:
                yield "picture", _picture(data)


def _pdf(path: Path) -> Iterator[tuple[str, str]]:
    """Each page as a picture; its text where nothing here draws pages."""
    try:
        import pypdfium2
    except ImportError:
        return
    document: Any = pypdfium2.PdfDocument(path)
    for number in range(min(len(document), PAGES)):
        page = document[number]
        width, height = page.get_size()
        scale = min(WIDE / max(width, 1), HIGH / max(height, 1), 3)
        yield "picture", _encoded(page.render(scale=scale).to_pil())
        page.close()


def _picture(data: bytes) -> str:
    """A picture of a submission, decoded and encoded again; "" where it is none."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "BMP")) as found:
            if found.width * found.height > PIXELS:
                return ""
            return _encoded(found.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""


def _encoded(picture: Any) -> str:
    from PIL import Image

    picture.thumbnail((WIDE, HIGH))
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    data = io.BytesIO()
    ground.save(data, "JPEG", quality=72)
    return base64.b64encode(data.getvalue()).decode()
