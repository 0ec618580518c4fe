"""A human document as data and back: headings, fields, lists, tables and code; the rest of its Markdown as it stands.

Going there and back gives the same bytes, whatever the document: a part that would not is kept as text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator

from enerqis.spec.twin import Cell, Code, Content, Items, Section, Table, Text

Block = Text | Items | Table | Code

TITLE = re.compile(r"# (\S.*)")
HEADING = re.compile(r"(#{1,6}) (\S.*)")
FIELD = re.compile(r"- \*\*(?P<name>[^\s*:][^*:]*)\*\*: (?P<value>.*)")
FENCE = re.compile(r"^(`{3,}|~{3,})", re.MULTILINE)
CELL_END = re.compile(r"(?<!\\)\|")
LARGEST_EXACT = 2**53
"""Integers above are not all exact where JSON is read as floats; they stay text."""

GAP = "\n\n"


def content_of(payload: str) -> Content:
    """Return what a canonical payload says, as data."""
    chunks = list(_chunks(payload.removesuffix("\n")))
    title = None
    if match := TITLE.fullmatch(chunks[0]):
        title, chunks = match[1], chunks[1:]
    fields = _fields(chunks[0]) if title is not None and chunks else {}
    return Content(title=title, fields=fields, sections=tuple(_sections(chunks[1:] if fields else chunks)))


def payload_of(content: Content) -> str:
    """Return the canonical payload that says `content`."""
    chunks = [f"# {content.title}"] if content.title is not None else []
    if content.fields:
        chunks.append("\n".join(f"- **{name}**: {_written(value)}" for name, value in content.fields.items()))
    for section in content.sections:
        if section.level:
            chunks.append(f"{'#' * section.level} {section.heading}")
        chunks += [_block_text(block) for block in section.blocks]
    return GAP.join(chunks).rstrip("\n") + "\n"


def _chunks(text: str) -> Iterator[str]:
    """Yield what empty lines part, save inside a fence."""
    held: list[str] = []
    for chunk in text.split(GAP):
        held.append(chunk)
        whole = GAP.join(held)
        if len(FENCE.findall(whole)) % 2 == 0:
            yield whole
            held = []
    yield from held


def _sections(chunks: Iterable[str]) -> Iterator[Section]:
    level, heading = 0, ""
    blocks: list[Block] = []
    for chunk in chunks:
        if match := HEADING.fullmatch(chunk):
            if level or blocks:
                yield Section(level=level, heading=heading, blocks=tuple(blocks))
            level, heading, blocks = len(match[1]), match[2], []
        else:
            blocks.append(_block(chunk))
    if level or blocks:
        yield Section(level=level, heading=heading, blocks=tuple(blocks))


def _block(chunk: str) -> Block:
    """Return a chunk as the first sort of block that gives the same text again."""
    for read in (_items, _table, _code):
        block = read(chunk)
        if block is not None and _block_text(block) == chunk:
            return block
    return Text(text=chunk)


def _block_text(block: Block) -> str:
    if isinstance(block, Items):
        return "\n".join(f"- {item}" for item in block.items)
    if isinstance(block, Table):
        lines = [block.columns, tuple("---" for _ in block.columns), *block.rows]
        return "\n".join(
            "| " + " | ".join(_written(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
        )
    if isinstance(block, Code):
        return f"```{block.language}\n{block.code}\n```"
    return block.text


def _fields(chunk: str) -> dict[str, Cell]:
    """Return the fields of a chunk that is nothing but fields, else none."""
    matches = [FIELD.fullmatch(line) for line in chunk.split("\n")]
    found = {match["name"]: _read(match["value"]) for match in matches if match}
    is_whole = len(found) == len(matches) and all(
        match and match["value"].strip() == match["value"] for match in matches
    )
    return found if is_whole else {}


def _items(chunk: str) -> Items | None:
    lines = chunk.split("\n")
    return Items(items=tuple(line[2:] for line in lines)) if all(line.startswith("- ") for line in lines) else None


def _table(chunk: str) -> Table | None:
    """Return a chunk that looks like a table as one; cells that cannot be read back are found by comparing the text."""
    lines = chunk.split("\n")
    if len(lines) < 2 or not all(len(line) > 1 and line.startswith("|") and line.endswith("|") for line in lines):
        return None
    columns, _, *rows = (
        tuple(_read(cell.strip().replace("\\|", "|")) for cell in CELL_END.split(line[1:-1])) for line in lines
    )
    return Table(columns=columns, rows=tuple(rows)) if all(len(row) == len(columns) for row in rows) else None


def _code(chunk: str) -> Code | None:
    first, *lines = chunk.split("\n")
    language = first.removeprefix("```")
    if not first.startswith("```") or " " in language or not lines or lines[-1] != "```" or "\r" in chunk:
        return None
    return Code(language=language, code="\n".join(lines[:-1])) if language.strip() == language else None


def _read(text: str) -> Cell:
    """Return a number or a truth that is written as JSON writes it, any other value as text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    is_plain = isinstance(value, bool | int | float) and json.dumps(value) == text
    return value if is_plain and math.isfinite(value) and abs(value) <= LARGEST_EXACT else text


def _written(value: Cell) -> str:
    return value if isinstance(value, str) else json.dumps(value)
