"""Writing to ``.cbr/audit_log.json``: the one function by which anything is added to it, and the lock for deciding to.

What it holds, how it is chained and how branches join stands in `enerqis.io.audit_file`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from enerqis.core.clock import utc_now
from enerqis.core.errors import DataError, StageError
from enerqis.io.atomic import write_text
from enerqis.io.audit_file import PLACE, Log, read, text_of
from enerqis.io.git import person
from enerqis.io.locks import exclusive
from enerqis.io.project import Project
from enerqis.spec.audit_log import AuditEntry, Event

MEND = "See 'enerqis audit verify'; nothing is added to a log that does not hold"


class Note(NamedTuple):
    """What an entry is to say.

    Parameters
    ----------
    event : Event
        What happened.
    subject : str
        ``KIND/NAME`` or the governed file that it is about.
    facts : mapping
        Plain JSON: hashes, figures, names. No secret, no path of this machine.
    """

    event: Event
    subject: str
    facts: Mapping[str, Any]


def append(
    project: Project,
    event: Event,
    *,
    subject: str,
    facts: Mapping[str, Any],
    who: str = "",
    when: datetime | None = None,
) -> str:
    """Add one entry to the project's audit log and return its hash; see `append_all`."""
    return append_all(project, [Note(event, subject, facts)], who=who, when=when)


def append_all(project: Project, notes: Iterable[Note], *, who: str = "", when: datetime | None = None) -> str:
    """Add entries to the project's audit log, all or, where the process is killed, none, and return the last one's hash.

    The log is read, held against its chain and written whole, under a lock, so that two processes add one after the other.
    Where two branches met since the last entry, the new one comes after both ends.

    Parameters
    ----------
    project : Project
    notes : iterable of Note
        One or more, in order.
    who : str
        Who did it; empty = as git knows the person here.
    when : datetime, optional
        When, with its zone; by default now.

    Raises
    ------
    DataError
        If the log does not hold, or cannot be read.
    """
    with exclusive(project.locks / "audit_log.lock", on_wait=lambda _: None):
        log = read_log(project)
        faults = log.faults()
        if faults:
            raise DataError("\n".join(f"{PLACE.as_posix()}: {each}" for each in faults) + f". {MEND}.")
        told = {"when": instant(when or utc_now()), "who": who or person(project.root)}
        for note in notes:
            log = log.with_entry(
                AuditEntry(after=log.heads, event=note.event, facts=dict(note.facts), subject=note.subject, **told)
            )
        write_text(log_path(project), text_of(log))
        return log.heads[0]


@contextmanager
def undisturbed(
    project: Project, *, since: Log | None = None, on_wait: Callable[[str], None] = lambda _: None
) -> Iterator[None]:
    """Hold the registry for the block: whoever else decides by the log and adds to it waits until the block ends.

    It does not nest. What takes long is decided before, and the log it was decided by given as `since`.

    Raises
    ------
    StageError
        If the log has other last entries than `since`.
    """
    with exclusive(project.locks / "registry.lock", on_wait=on_wait):
        if since is not None:
            log = read_log(project)
            new = [each for link, each in log.in_order if link not in since.hashes]
            if log.heads != since.heads:
                told = f" ({new[-1].event} {new[-1].subject} by {new[-1].who})" if new else ""
                raise StageError(
                    f"{PLACE.as_posix()}: it was changed{told} while this was decided, so nothing was done. "
                    "Look at 'enerqis audit --last 5', then decide anew"
                )
        yield


def read_log(project: Project) -> Log:
    """Return the project's audit log; an empty one where there is none.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    return read(log_path(project))


def refuse_broken_log(project: Project) -> None:
    """Refuse to do what could not be written down afterwards.

    Raises
    ------
    DataError
        If the project's audit log does not hold.
    """
    faults = read_log(project).faults()
    if faults:
        raise DataError(
            f"the governance audit log does not hold: {faults[0]}. Nothing was done; see 'enerqis audit verify'."
        )


def log_path(project: Project) -> Path:
    """Return where the audit log lies."""
    return project.root / PLACE


def instant(when: datetime) -> str:
    """Return an instant as governed files write it: UTC, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
