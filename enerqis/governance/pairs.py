"""A human document and its twin, as bytes: writing the one from the other, and what of a drawn page belongs to people."""

from __future__ import annotations

import difflib
import json
from typing import NamedTuple

from pydantic import ValidationError

from enerqis.core.errors import DataError
from enerqis.governance import headers
from enerqis.governance.twins import content_of, payload_of
from enerqis.spec.tree import TreeFile
from enerqis.spec.twin import Section, Twin

NOTES = "Notes"
"""Heading of the section of a drawn page that belongs to people: a build keeps it, and what stands below it."""


class Side(NamedTuple):
    """One of the two files as it stands.

    Parameters
    ----------
    path : str
        Below the root of the tree.
    content : bytes or None
        None where there is no file.
    entry : TreeFile or None
        What the manifest says of it.
    sha256 : str
        Hash of the content, empty where there is none.
    """

    path: str
    content: bytes | None
    entry: TreeFile | None
    sha256: str

    @property
    def is_edited(self) -> bool:
        """Whether it is there and not as it was written last."""
        return self.content is not None and (self.entry is None or self.entry.sha256 != self.sha256)


class Pair(NamedTuple):
    """A human document and its twin."""

    human: Side
    twin: Side


def twin_path(path: str) -> str:
    """Return where the twin of a human file stands: beside it."""
    return path.removesuffix(".md") + ".json"


def twin_text(path: str, data: bytes) -> bytes:
    """Return the twin of the stamped document that stands at `path`."""
    parsed = headers.parse(headers.decoded(data))
    header = headers.header_of(parsed.line or "")
    twin = Twin(
        document=path.rpartition("/")[2], doc_type=header.doc_type, header=header, content=content_of(parsed.payload)
    )
    return (json.dumps(twin.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n").encode()


def payload_of_human(side: Side) -> str | None:
    """Return the payload of a human document, None where there is no file; DataError where it cannot be read."""
    if side.content is None:
        return None
    try:
        return headers.parse(headers.decoded(side.content)).payload
    except DataError as exc:
        raise DataError(f"{side.path}: {exc}") from exc


def payload_of_twin(side: Side) -> str | None:
    """Return the payload that a twin says, None where there is no file; DataError where it is no twin."""
    if side.content is None:
        return None
    try:
        return payload_of(Twin.model_validate_json(side.content).content)
    except ValidationError as exc:
        each = exc.errors(include_url=False)[0]
        key = ".".join(map(str, each["loc"])) or "the file"
        raise DataError(f"{side.path}: {key}: {each['msg']}. See schemas/twin.schema.json.") from exc


def restamped(payload: str, present: bytes | None, stamp: headers.Stamp) -> bytes:
    """Return a payload under its header: the one that stands there where it holds and says the same, else a new one."""
    if present is not None and not headers.verify(present):
        there = headers.parse(headers.decoded(present))
        if there.payload == payload:
            return headers.stamp(present, stamp)
    return headers.stamp(payload.encode(), stamp)


def without_notes(payload: str) -> tuple[str, tuple[Section, ...]]:
    """Return a drawn page without what belongs to people, and that."""
    content = content_of(payload)
    for number, section in enumerate(content.sections):
        if section.level and section.heading == NOTES:
            kept = content.model_copy(update={"sections": content.sections[:number]})
            return payload_of(kept), content.sections[number:]
    return payload, ()


def with_notes(payload: str, notes: tuple[Section, ...]) -> str:
    """Return a drawn page with what people wrote under it."""
    content = content_of(payload)
    return payload_of(content.model_copy(update={"sections": (*content.sections, *notes)})) if notes else payload


def difference(path: str, before: str, after: str) -> str:
    """Return a unified diff of two texts of one document."""
    sides = (f"{path} (before)", f"{path} (after)")
    return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), *sides, lineterm=""))
