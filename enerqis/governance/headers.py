"""Headers of governed documents, to the byte: parsing, canonicalising, stamping, verifying. It opens no file and no clock.

A header is three lines: ``# ERQ-META-BEGIN``, ``# `` and one line of JSON, ``# ERQ-META-END``. It stands at the top; above it
only what other readers look for there: ``# @package`` and the line that names the schema. The payload is the document without
these three lines, so that a line above the header is covered by its hash as well; docs/documents.md gives a worked example.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from enerqis.core.errors import DataError
from enerqis.spec.header import BEGIN, END, GovernanceLinks, Header, Integrity, Provenance

ABOVE = re.compile(r"^# (@package\s|yaml-language-server:\s)")
"""Lines that may stand above a header."""

SEAL = uuid.uuid5(uuid.NAMESPACE_OID, "enerqis/document-header/2.0")
"""Name space of the build ids that follow from the rest of a header."""

SEALING = 5
"""Version of such an id."""

OURS = "enerqis "
"""Beginning of the builder of every header that ENERQIS stamped; one that says so has such an id."""

BOM = b"\xef\xbb\xbf"
STAMP_AGAIN = "Stamp it again with 'enerqis meta stamp', or take it from git"


class Fault(NamedTuple):
    """One thing that is wrong with a document.

    Parameters
    ----------
    line : int
        Counted from 1.
    sort : str
        ``missing``, ``misplaced``, ``doubled``, ``broken``: there is no one header to read. ``form``: not UTF-8, a byte order
        mark, CRLF, not one final newline. ``stale``: the payload is not what was stamped. ``forged``: the header is not what
        was stamped. ``type``, ``link``, ``baseline``: a field does not say what the project says.
    message : str
        What is wrong, what is allowed, what next.
    """

    line: int
    sort: str
    message: str


@dataclass(frozen=True)
class Document:
    """A canonical text taken apart.

    Parameters
    ----------
    above : tuple of str
        Lines above the header; of a document without one, those below which it would stand.
    line : str or None
        The JSON line, its ``# `` taken off; None where there is no header.
    below : tuple of str
        Lines below the header.
    """

    above: tuple[str, ...]
    line: str | None
    below: tuple[str, ...]

    @property
    def payload(self) -> str:
        """The text without its header, one final newline."""
        return canonical("\n".join((*self.above, *self.below)))

    def with_line(self, line: str) -> str:
        """Return the text under the header that holds `line`."""
        return canonical("\n".join((*self.above, BEGIN, f"# {line}", END, *self.below)))


@dataclass(frozen=True)
class Stamp:
    """What a stamped header says beside the hash of the payload.

    Parameters
    ----------
    doc_type : str
    links : GovernanceLinks
    builder : str
        Program and version.
    built_at : datetime
        With its time zone; written in UTC, to the second.
    tools : mapping of str to str
        Version by tool.
    baseline : str
        ``sha256:`` and the hash of the frozen tree that stands now.
    build_id : UUID or None
        None: the id that follows from the rest of the header.
    """

    doc_type: str
    links: GovernanceLinks
    builder: str
    built_at: datetime
    baseline: str
    tools: Mapping[str, str] = field(default_factory=dict)
    build_id: uuid.UUID | None = None


def canonical(text: str) -> str:
    """Return `text` without a byte order mark, with LF line ends and one final newline; nothing else changes."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def decoded(data: bytes) -> str:
    """Return the canonical text of a document's bytes.

    Raises
    ------
    DataError
        If they are not UTF-8.
    """
    try:
        return canonical(data.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise DataError(f"not UTF-8 at byte {exc.start}. Save it as UTF-8.") from exc


def parse(text: str) -> Document:
    """Return a canonical text taken apart; its header, if it has one, may say anything.

    Raises
    ------
    DataError
        If there is no telling which lines are the header; `structure` says so at its line.
    """
    faults = [each for each in structure(text) if each.sort != "missing"]
    if faults:
        raise DataError(faults[0].message)
    lines = tuple(text.removesuffix("\n").split("\n"))
    top = _top(lines)
    if lines[top : top + 1] != (BEGIN,):
        return Document(lines[:top], None, lines[top:])
    return Document(lines[:top], lines[top + 1].removeprefix("# "), lines[top + 3 :])


def structure(text: str) -> Iterator[Fault]:
    """Yield why a canonical text has not exactly one header at its top; the marks may stand nowhere else in it.

    A mark with blanks after it counts as one, so that no second header is put above what looks like the first.
    """
    lines = text.split("\n")
    begins = [number for number, line in enumerate(lines) if line.rstrip() == BEGIN]
    ends = [number for number, line in enumerate(lines) if line.rstrip() == END]
    top = _top(lines)
    if not begins and not ends:
        yield Fault(1, "missing", "no header. Give it one with 'enerqis meta stamp'.")
    elif len(begins) > 1 or len(ends) > 1:
        second = max(begins[1:2] + ends[1:2])
        yield Fault(second + 1, "doubled", f"'{lines[second]}' stands here a second time. Keep one header, at the top.")
    elif (
        not begins
        or not ends
        or (lines[begins[0]], lines[ends[0]]) != (BEGIN, END)
        or ends[0] != begins[0] + 2
        or not lines[begins[0] + 1].startswith("# {")
    ):
        message = f"a header is three lines: '{BEGIN}', '# ' with one line of JSON, '{END}'. Remove what is left of it."
        yield Fault((begins or ends)[0] + 1, "broken", message)
    elif begins[0] != top:
        message = "the header stands at the top; above it only '# @package' and the line of the schema. Move it."
        yield Fault(begins[0] + 1, "misplaced", message)


def line_of(header: Header) -> str:
    """Return the JSON line of a header: sorted keys, the default separators of `json.dumps`."""
    return json.dumps(header.model_dump(mode="json"), sort_keys=True)


def payload_digest(payload: str) -> str:
    """Return the SHA-256 of a canonical payload's UTF-8 bytes."""
    return hashlib.sha256(payload.encode()).hexdigest()


def sealed(header: Header) -> uuid.UUID:
    """Return the build id that follows from the rest of a header: a UUID of version 5 over its JSON line without the id."""
    content = header.model_dump(mode="json")
    del content["provenance"]["build_id"]
    return uuid.uuid5(SEAL, json.dumps(content, sort_keys=True))


def stamp(data: bytes, wanted: Stamp, *, renew: bool = False) -> bytes:
    """Return a document under a header that holds; one that says the same already is left as it is, byte for byte.

    Parameters
    ----------
    data : bytes
        The document, with or without a header.
    wanted : Stamp
    renew : bool
        Stamp also what holds.

    Raises
    ------
    DataError
        If it is not UTF-8, or there is no telling which lines are the header.
    """
    document = parse(decoded(data))
    if not renew and not verify(data):
        there = header_of(document.line or "")
        if (there.doc_type, there.governance_links) == (wanted.doc_type, wanted.links):
            return data
    return document.with_line(line_of(_header(document.payload, wanted))).encode()


def _header(payload: str, wanted: Stamp) -> Header:
    instant = wanted.built_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    unsealed = Header(
        doc_type=wanted.doc_type,
        governance_links=wanted.links,
        integrity=Integrity(value=payload_digest(payload)),
        provenance=Provenance(
            build_id=str(uuid.UUID(int=0)), builder=wanted.builder, built_at=instant, tools=dict(wanted.tools)
        ),
        source_baseline_hash=wanted.baseline,
    )
    build_id = str(wanted.build_id or sealed(unsealed))
    return unsealed.model_copy(update={"provenance": unsealed.provenance.model_copy(update={"build_id": build_id})})


def header_of(line: str) -> Header:
    """Return the header that a JSON line holds.

    Raises
    ------
    DataError
        If it is no JSON, or keys are missing, unknown or of another type.
    """
    try:
        return Header.model_validate_json(line)
    except ValidationError as exc:
        each = exc.errors(include_url=False)[0]
        key = ".".join(map(str, each["loc"]))
        raise DataError(f"{key + ': ' if key else 'the JSON line: '}{each['msg']}.") from exc


def verify(data: bytes) -> list[Fault]:
    """Return what is wrong with a document by itself; what only its project can tell is not looked at."""
    try:
        text = decoded(data)
    except DataError as exc:
        return [Fault(1, "form", str(exc))]
    faults = [*_form(data), *structure(text)]
    if any(each.sort != "form" for each in faults):
        return faults
    document = parse(text)
    line = document.line or ""
    at = len(document.above) + 2
    try:
        header = header_of(line)
    except DataError as exc:
        return [*faults, Fault(at, "broken", f"{exc} {STAMP_AGAIN}.")]
    return [*faults, *_content(document, header, at)]


def _content(document: Document, header: Header, at: int) -> Iterator[Fault]:
    """Yield where header and payload are not what was stamped."""
    if document.line != line_of(header):
        message = "the JSON line is not written as json.dumps(..., sort_keys=True) writes it: it was changed by hand."
        yield Fault(at, "forged", f"{message} {STAMP_AGAIN}.")
    found = payload_digest(document.payload)
    if header.integrity.value != found:
        yield Fault(at, "stale", f"{_mismatch(document, header.integrity.value, found)} {STAMP_AGAIN}.")
    build_id = uuid.UUID(header.provenance.build_id)
    is_sealed = build_id.version == SEALING or header.provenance.builder.startswith(OURS)
    if is_sealed and build_id != sealed(header):
        message = f"provenance.build_id {build_id} does not follow from the rest of the header, which was changed."
        yield Fault(at, "forged", f"{message} {STAMP_AGAIN}.")
    if not _is_instant(header.provenance.built_at):
        yield Fault(at, "forged", f"provenance.built_at: {header.provenance.built_at} is no instant. {STAMP_AGAIN}.")


def _mismatch(document: Document, recorded: str, found: str) -> str:
    """Return how a recorded hash misses the payload, and whether it is that of the same text in another form."""
    text = f"integrity.value is {recorded}, the payload's is {found}."
    for name, form in other_forms(document).items():
        if hashlib.sha256(form).hexdigest() == recorded:
            return f"{text} It is the hash of {name}, which is not the canonical form."
    return f"{text} It matches no other form of the text either: the text was changed, or was not hashed in a way known here."


def other_forms(document: Document) -> dict[str, bytes]:
    """Return forms of a payload that another program may have hashed, by name; none is the canonical one."""
    payload, below = document.payload, canonical("\n".join(document.below))
    return {
        "the payload without its final newline": payload.rstrip("\n").encode(),
        "the payload with two final newlines": f"{payload}\n".encode(),
        "the payload with CRLF line ends": payload.replace("\n", "\r\n").encode(),
        "the payload with a byte order mark": BOM + payload.encode(),
        "the payload in UTF-16": payload.encode("utf-16"),
        "the payload without blanks at its ends": payload.strip().encode(),
        "the payload without blanks at the ends of its lines": _rstripped(payload).encode(),
        "the lines below the header": below.encode(),
        "the whole document": document.with_line(document.line or "").encode(),
        "nothing": b"",
    }


def _rstripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _form(data: bytes) -> Iterator[Fault]:
    """Yield where bytes are not in canonical form; their text may hold all the same."""
    if data.startswith(BOM):
        yield Fault(1, "form", "a byte order mark. Save it as UTF-8 without one.")
    if b"\r" in data:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        yield Fault(line, "form", "the line ends in CR or CRLF. Save it with LF; .gitattributes keeps it so.")
    if not data.endswith(b"\n") or data.endswith((b"\n\n", b"\r\n\r\n")):
        last = data.rstrip(b"\r\n").count(b"\n") + 1
        yield Fault(last, "form", "a document ends in exactly one newline. Run 'enerqis meta stamp'.")


def _top(lines: list[str] | tuple[str, ...]) -> int:
    """Return how many of the first lines stand above a header."""
    return next((number for number, line in enumerate(lines[:2]) if not ABOVE.match(line)), min(2, len(lines)))


def _is_instant(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def fields_of(line: str) -> Any:
    """Return the fields of a JSON line as they are, known or not.

    Raises
    ------
    DataError
        If it is no JSON.
    """
    try:
        return json.loads(line)
    except ValueError as exc:
        raise DataError(f"the JSON line: {exc}.") from exc
