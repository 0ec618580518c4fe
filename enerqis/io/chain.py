"""A chain of lines: each carries the hash of the one before, so that no line can change, move or vanish unseen.

The hash of a line is the SHA-256 of its text, prefixed with a domain; the head, the count of lines and the hash of the last
one, is kept elsewhere (in the receipt). Whoever rewrites the whole file still does not know a text that hashes to the head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

LINE_DOMAIN = b"enerqis/audit-line/1\0"
LINK = "previous"
"""Key under which a line carries the hash of the line before."""

START = hashlib.sha256(b"enerqis/audit-start/1\0").hexdigest()
"""What the first line carries."""


class Head(NamedTuple):
    """The end of a chain.

    Parameters
    ----------
    lines : int
        How many there are.
    sha256 : str
        Hash of the last line; of an empty chain, the start.
    """

    lines: int
    sha256: str


def chained(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one JSON line an event, without its line end: keys sorted, no blanks, numbers in their shortest exact form.

    It is not RFC 8785 (`enerqis.io.hashing.canonical`), whose integers end at 2**53: an instant in nanoseconds is larger.

    Raises
    ------
    ValueError
        If an event holds NaN or infinity, or a link of its own.
    """
    previous = START
    for event in events:
        if LINK in event:
            raise ValueError(f"an event may not hold '{LINK}': {dict(event)}")
        line = json.dumps(
            {**event, LINK: previous}, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        previous = line_digest(line)
        yield line


def line_digest(line: str) -> str:
    """Return the hash of one line, its line end left out."""
    return hashlib.sha256(LINE_DOMAIN + line.encode()).hexdigest()


def head_of(lines: Sequence[str]) -> Head:
    """Return the end of the chain that `lines` are, whether its links hold or not."""
    return Head(len(lines), line_digest(lines[-1]) if lines else START)


def faults(lines: Sequence[str], head: Head) -> list[str]:
    """Return what was done to a chain, one sentence a finding; none where it is whole and ends in `head`.

    Parameters
    ----------
    lines : sequence of str
        The file's lines, without line ends.
    head : Head
        The end as it was recorded when the file was written.
    """
    links = [_link(line) for line in lines]
    hashes = [line_digest(line) for line in lines]
    broken = [row for row, link in enumerate(links) if link != (hashes[row - 1] if row else START)]
    if not broken:
        return _whole_but_other(hashes, head)
    if sorted(_walk(links, hashes)) == list(range(len(lines))) and head in _ends(links, hashes):
        return [f"line {broken[0] + 1}: reordered: every line is there, but this one does not follow the one before it"]
    if len(lines) != head.lines:
        change = "removed" if len(lines) < head.lines else "added"
        return [f"line {broken[0] + 1}: lines were {change}: {head.lines} were written, {len(lines)} are there"]
    return list(_changed(links, hashes, head)) or [f"line {broken[0] + 1}: changed: it does not follow the one before"]


def _whole_but_other(hashes: Sequence[str], head: Head) -> list[str]:
    """Return what is the matter with a chain whose links all hold."""
    last = hashes[-1] if hashes else START
    if (len(hashes), last) == head:
        return []
    if len(hashes) < head.lines:
        return [f"truncated: {head.lines} lines were written, {len(hashes)} are there"]
    if len(hashes) > head.lines:
        return [f"appended to: {head.lines} lines were written, {len(hashes)} are there"]
    return [f"line {len(hashes)}: changed, or the whole file was written anew: it does not end in the recorded hash"]


def _changed(links: Sequence[str | None], hashes: Sequence[str], head: Head) -> Iterator[str]:
    """Yield a sentence for each stretch of lines whose hash nobody carries: neither the line after nor the head.

    Of a stretch the last line is changed for certain; the others may only be followed by a line whose link was changed.
    """
    carried = [*links[1:], head.sha256]
    alone = [row for row, (own, after) in enumerate(zip(hashes, carried, strict=True)) if own != after]
    for row in alone:
        if row + 1 not in alone:
            first = row
            while first - 1 in alone:
                first -= 1
            named = f"line {row + 1}" if first == row else f"lines {first + 1} to {row + 1}"
            yield f"{named}: changed: the hash that was recorded is another"


def _link(line: str) -> str | None:
    """Return the hash that a line carries, or None where it is no JSON object."""
    try:
        content = json.loads(line)
    except ValueError:
        return None
    return content.get(LINK) if isinstance(content, dict) else None


def _walk(links: Sequence[str | None], hashes: Sequence[str]) -> list[int]:
    """Return the rows in the order in which their links lead from the start."""
    follower = {link: row for row, link in enumerate(links)}
    walked, at = [], START
    while (row := follower.pop(at, None)) is not None:
        walked.append(row)
        at = hashes[row]
    return walked


def _ends(links: Sequence[str | None], hashes: Sequence[str]) -> set[Head]:
    """Return the end that the walk reaches."""
    walked = _walk(links, hashes)
    return {Head(len(walked), hashes[walked[-1]] if walked else START)}
