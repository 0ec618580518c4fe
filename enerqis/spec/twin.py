"""The machine's twin of a human document: the same content as data, so that either may be edited and the other follows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.spec.base import Spec
from enerqis.spec.header import Header, Word

Line = Annotated[str, Field(pattern=r"^[^\r\n]*$")]
Cell = Annotated[str, Field(pattern=r"^(\S([^\r\n]*\S)?)?$")] | bool | int | float
"""A value on one line: text without blanks at its ends, a truth or a number."""

Name = Annotated[str, Field(pattern=r"^[^\s*:][^\r\n*:]*$")]
"""Name of a field: no asterisk, no colon."""


class Text(Spec):
    """Markdown that is none of the other blocks, as it stands."""

    text: str


class Items(Spec):
    """A plain list."""

    items: tuple[Line, ...] = Field(min_length=1)


class Table(Spec):
    """A table; every row has a cell a column."""

    columns: tuple[Cell, ...] = Field(min_length=1)
    rows: tuple[tuple[Cell, ...], ...]


class Code(Spec):
    """A fenced block."""

    language: Annotated[str, Field(pattern=r"^\S*$")] = ""
    code: str


class Section(Spec):
    """A heading and what stands under it up to the next heading; level 0 = what stands before the first one."""

    level: int = Field(ge=0, le=6)
    heading: Line = ""
    blocks: tuple[Text | Items | Table | Code, ...] = ()


class Content(Spec):
    """What a document says, its header left out."""

    title: Line | None = Field(None, description="its first line, `# TITLE`; null where it has none")
    fields: dict[Name, Cell] = Field(default_factory=dict, description="the list `- **name**: value` below the title")
    sections: tuple[Section, ...] = Field((), description="in the order of the document")


class Twin(Spec):
    """The whole file."""

    format: Literal["enerqis/twin/1"] = "enerqis/twin/1"
    document: Line = Field(description="name of the human file beside it")
    doc_type: Word = Field(description="kind of document")
    header: Header = Field(description="the human file's header; follows by itself")
    content: Content = Field(description="what both say")
