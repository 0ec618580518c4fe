"""What a build would do with a Global Database, from what stands there and what should: no file is read or written here.

Only what ENERQIS wrote, and nobody changed since, is ever overwritten or removed. Whatever else stands in the way is a
conflict, and with one conflict nothing is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from enerqis.core.errors import DataError
from enerqis.governance.headers import Stamp
from enerqis.governance.pairs import (
    NOTES,
    Pair,
    Side,
    payload_of_human,
    payload_of_twin,
    restamped,
    twin_path,
    twin_text,
    with_notes,
    without_notes,
)
from enerqis.spec.tree import TreeFile, TreeManifest

MANIFEST = "MANIFEST.json"


class Page(NamedTuple):
    """A human document as the project gives it.

    Parameters
    ----------
    doc_type : str
    payload : str
        Canonical.
    stamped : bytes or None
        The document under its own header, where it has one already; None: it is stamped when it is written.
    """

    doc_type: str
    payload: str
    stamped: bytes | None = None


@dataclass
class Plan:
    """What a build or a sync would do.

    Parameters
    ----------
    writes : dict of str to bytes
        New content by path.
    removals : list of str
    files : dict of str to TreeFile
        The manifest afterwards.
    conflicts : list of str
        Why nothing may be done, one sentence each.
    said : list of str
        What a person should read: diffs, files that are kept.
    """

    writes: dict[str, bytes] = field(default_factory=dict)
    removals: list[str] = field(default_factory=list)
    files: dict[str, TreeFile] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def put(self, side: Side, content: bytes, *, drawn: str | None = None, is_made: bool = True) -> None:
        """Let `content` stand in the place of a file, and remember it."""
        if content != side.content:
            self.writes[side.path] = content
        self.files[side.path] = TreeFile(sha256=digest(content), drawn=drawn, is_made=is_made)

    def put_pair(self, pair: Pair, human: bytes, *, drawn: str | None, is_made: bool = True) -> None:
        """Let a stamped document stand, and its twin beside it."""
        self.put(pair.human, human, drawn=drawn, is_made=is_made)
        self.put(pair.twin, twin_text(pair.human.path, human))


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return sha256(content).hexdigest()


def plan_copy(plan: Plan, side: Side, wanted: bytes, *, redraw: bool) -> None:
    """Plan one file that is copied as it is.

    Parameters
    ----------
    plan : Plan
    side : Side
    wanted : bytes
        What the project has.
    redraw : bool
        Let the project win over an edit.
    """
    if side.content == wanted:
        if side.entry is not None:  # else somebody put the very same file there: it stays theirs
            plan.put(side, wanted)
    elif not (side.entry and side.is_edited) or redraw:
        if _may_replace(plan, side, redraw=redraw):
            plan.put(side, wanted)
    else:
        plan.conflicts.append(
            f"{side.path}: was edited here, and this folder only mirrors the project. Edit it there, and build with --redraw."
        )


def plan_page(plan: Plan, pair: Pair, page: Page, *, stamp: Stamp, redraw: bool) -> None:
    """Plan one human document and its twin.

    Parameters
    ----------
    plan : Plan
    pair : Pair
    page : Page
        What the project gives now.
    stamp : Stamp
        For a page without a header of its own.
    redraw : bool
        Let the project win over edits, a page's notes excepted.
    """
    if not all(_may_replace(plan, side, redraw=redraw) for side in pair):
        return
    drawn = digest(page.payload.encode())
    payload = _merged(plan, pair, page, drawn, redraw=redraw)
    if payload is not None:
        is_own = page.stamped is not None and payload == page.payload
        human = page.stamped if is_own else restamped(payload, pair.human.content, stamp)
        plan.put_pair(pair, human or b"", drawn=drawn)


def _merged(plan: Plan, pair: Pair, page: Page, drawn: str, *, redraw: bool) -> str | None:
    """Return the payload that shall stand: what the project gives, with what people added; None for a conflict."""
    try:
        present = payload_of_human(pair.human) or payload_of_twin(pair.twin)
    except DataError:
        present = None  # only with --redraw: a file that cannot be read was edited
    if present is None:
        return page.payload
    base, notes = without_notes(present)
    last = pair.human.entry.drawn if pair.human.entry else None
    if redraw or last == digest(base.encode()):
        return with_notes(page.payload, notes)
    if last == drawn:
        return present
    plan.conflicts.append(
        f"{pair.human.path}: edited here, and changed in the project. Take the edit back and write under a heading '{NOTES}', "
        "which a build keeps, or build with --redraw to let the project win."
    )
    return None


def _may_replace(plan: Plan, side: Side, *, redraw: bool) -> bool:
    """Return whether a file may be overwritten; name the conflict where not."""
    if side.content is None:
        return True
    if side.entry is None or not side.entry.is_made:
        plan.conflicts.append(f"{side.path}: stands in the way and was not made by a build. Move it, then build again.")
        return False
    if side.is_edited and not redraw:
        plan.conflicts.append(
            f"{side.path}: was edited since it was written. Run 'enerqis globaldb sync' to take the edit over, or build with "
            "--redraw to let the project win."
        )
        return False
    return True


def plan_removals(plan: Plan, manifest: TreeManifest, wanted: set[str], present: Mapping[str, str]) -> None:
    """Plan what the project no longer gives: removed where it is as it was written, else kept and no longer ours.

    Parameters
    ----------
    plan : Plan
    manifest : TreeManifest
    wanted : set of str
        Every path that the project gives.
    present : mapping
        SHA-256 by path of what stands there of the manifest.
    """
    adopted = {path for path, entry in manifest.files.items() if not entry.is_made}
    kept = adopted | {twin_path(path) for path in adopted}
    for path, entry in sorted(manifest.files.items()):
        if path in wanted:
            continue
        if path in kept:
            plan.files[path] = entry
        elif present.get(path) == entry.sha256:
            plan.removals.append(path)
        elif path in present:
            plan.said.append(f"{path}: the project no longer gives it; it was edited here and is kept")
