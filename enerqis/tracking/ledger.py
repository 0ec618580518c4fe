"""The trial ledger: every config that was tried on a dataset, in the order of trying; it only grows.

It counts for people and for `enerqis trials record`. No result reads it: a report takes its count from ``.cbr/trials``, which
git holds, since the ledger has a clock and differs from machine to machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from enerqis.core.clock import utc_now
from enerqis.core.errors import SetupError
from enerqis.io import secrets
from enerqis.io.project import Project
from enerqis.tracking.embedded import Embedded, Select
from enerqis.tracking.trial import START, Row, Trial, row_digest, row_of, values_of
from enerqis.tracking.witness import FILE as WITNESS
from enerqis.tracking.witness import Mark, note, seen
from enerqis.vaults.resolving import resolve

DEFAULT_ADDRESS = "sqlite:///.enerqis/ledger.db"
SQLITE = "sqlite:///"
SERVERS = ("postgresql://", "postgresql+psycopg://")
LAST = "seq = (SELECT MAX(seq) FROM trials)"
ONCE = "run_id = ? AND trial = ? AND part = ? AND outcome = ?"


class Database(Protocol):
    """Where rows lie."""

    def append(self, make: Callable[[Select], Iterable[tuple[Any, ...]]]) -> None:
        """Append what `make` returns, all or none, as the only writer."""

    def select(self, where: str, words: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return rows in order."""


@dataclass(frozen=True)
class Ledger:
    """The ledger of one project, or of a team on a server.

    Parameters
    ----------
    database : Database
    witness : Path or None
        Where the ledger's length is noted outside its own place.
    """

    database: Database
    witness: Path | None = None

    def record(self, trials: Iterable[Trial]) -> int:
        """Append a row for each of `trials`, in one transaction, and return how many: all.

        A thousand rows take some 20 ms. Say ``started`` before computing, then ``finished`` or ``failed``.
        """
        return self._append(list(trials), is_once=False)

    def ensure(self, trials: Iterable[Trial]) -> int:
        """Append those of `trials` that have no row yet with their run id, key, part and outcome, and return how many.

        This is how results that were found count: restored by DVC, in the store, recorded in ``.cbr/trials``.
        """
        return self._append(list(trials), is_once=True)

    def rows(self, *, content: str = "", dataset: str = "", experiment: str = "") -> list[Row]:
        """Return rows in order: all, or those of a dataset content, of a dataset or of an experiment."""
        wanted = {"content": content, "dataset": dataset, "experiment": experiment}
        chosen = {name: word for name, word in wanted.items() if word}
        where = " AND ".join(f"{name} = ?" for name in chosen) or "seq > 0"
        return [row_of(values) for values in self.database.select(where, tuple(chosen.values()))]

    def keys(self, content: str) -> dict[str, list[Row]]:
        """Return the rows of each trial on a dataset content, by key, in order."""
        found: dict[str, list[Row]] = {}
        for row in self.rows(content=content):
            found.setdefault(row.trial.key, []).append(row)
        return found

    def count(self, content: str) -> int:
        """Return K: how many trials were made on a dataset content, whatever the strategy and however they ended."""
        return len(self.keys(content))

    def faults(self) -> list[str]:
        """Return what was done to the ledger, one sentence a finding; none where it is whole."""
        mark = self._mark()  # before the rows: whoever appends now makes the mark longer
        values = self.database.select("seq > 0", ())
        return sorted([*_broken(values), *_cut(values, mark)])

    def _append(self, trials: list[Trial], *, is_once: bool) -> int:
        if not trials:
            return 0
        instant = utc_now().isoformat(timespec="microseconds")
        made: list[tuple[Any, ...]] = []

        def make(select: Select) -> list[tuple[Any, ...]]:
            last = next(iter(select(LAST, ())), None)
            made.extend(self._lost(last, instant))
            wanted = list(_missing(trials, select)) if is_once else trials
            for trial in wanted:
                seq, previous = _end(made[-1] if made else last)
                made.append(values_of(trial, seq=seq + 1, instant=instant, previous=previous))
            return made

        self.database.append(make)
        if made and self.witness is not None:
            note(self.witness, Mark(*_end(made[-1])))
        return sum(values[2] != "lost" for values in made)

    def _lost(self, last: tuple[Any, ...] | None, instant: str) -> Iterator[tuple[Any, ...]]:
        """Yield the row that says that an earlier ledger was longer than this one."""
        mark = self._mark()
        seq, previous = _end(last)
        if mark is not None and mark.rows > seq:
            detail = f"{mark.rows - seq} rows of an earlier ledger are gone; its last had the hash {mark.sha256[:16]}"
            lost = Trial("", "", "lost", "", "", "", "", detail=detail)
            yield values_of(lost, seq=seq + 1, instant=instant, previous=previous)

    def _mark(self) -> Mark | None:
        return seen(self.witness) if self.witness is not None else None


def open_ledger(project: Project, address: str = DEFAULT_ADDRESS) -> Ledger:
    """Return the ledger behind an address of ``tracking.ledger_uri``; nothing is opened before the first row.

    Parameters
    ----------
    project : Project
        A relative SQLite file lies in it.
    address : str
        ``sqlite:///FILE``, ``postgresql://...``, or ``secret://NAME/NAME``, resolved here.

    Raises
    ------
    SetupError
        If the address is a secret that does not resolve, or of another kind.
    """
    if secrets.is_reference(address):
        address = resolve(address, project, reader="ledger")
    if address.startswith(SQLITE):
        return Ledger(Embedded(project.root / address.removeprefix(SQLITE)), project.root / WITNESS)
    if address.startswith(SERVERS):
        from enerqis.tracking.server import Server

        place = hashlib.sha256(address.rpartition("@")[2].encode()).hexdigest()[:12]
        return Ledger(Server(address), (project.root / WITNESS).with_stem(f"{WITNESS.stem}-{place}"))
    raise SetupError(
        f"tracking.ledger_uri: {secrets.redact(address)}: not a ledger. Allowed: sqlite:///FILE, postgresql://HOST/DATABASE, "
        "secret://NAME/NAME."
    )


def latest(rows: Sequence[Row]) -> Row:
    """Return the row that speaks for a trial: the last with moments and signature of the whole run.

    Where none has a signature, the last with moments of the whole run; where none has these, the last. A trial that was
    evaluated again under other code has the figures of the last evaluation.
    """
    whole = [row for row in rows if row.trial.moments is not None and not row.trial.part]
    signed = [row for row in whole if row.trial.signature]
    return (signed or whole or list(rows))[-1]


def outcome_of(rows: Sequence[Row], running: Mapping[str, bool] | None = None) -> str:
    """Return how a trial stands: finished, failed, recorded, running, or abandoned where a start was followed by nothing.

    Parameters
    ----------
    rows : sequence of Row
        All rows of one key.
    running : mapping of run id to bool, optional
        Whether a process computes that run now.
    """
    outcomes = [row.trial.outcome for row in rows]
    for outcome in ("finished", "failed", "recorded"):
        if outcome in outcomes:
            return outcome
    return "running" if any((running or {}).get(row.trial.run_id, False) for row in rows) else "abandoned"


def _end(values: tuple[Any, ...] | None) -> tuple[int, str]:
    """Return the place and the hash of a row; of none, those before the first."""
    return (0, START) if values is None else (values[0], values[-1])


def _missing(trials: Sequence[Trial], select: Select) -> Iterator[Trial]:
    """Yield the trials that have no row of the same run, key, part and outcome, each once."""
    known = set()
    for trial in trials:
        words = (trial.run_id, trial.key, trial.part, trial.outcome)
        if words not in known and not any(True for _ in select(ONCE, words)):
            known.add(words)
            yield trial


def _cut(values: Sequence[tuple[Any, ...]], mark: Mark | None) -> Iterator[str]:
    """Yield what the witness knows and the rows do not, and what an earlier ledger lost."""
    if mark is not None and mark.rows > len(values):
        yield f"cut: it had {mark.rows} rows, {len(values)} are there"
    elif mark is not None and values[mark.rows - 1][-1] != mark.sha256:
        yield f"row {mark.rows}: written anew: its hash was another"
    for row in map(row_of, values):
        if row.trial.outcome == "lost":
            yield f"row {row.seq} of {row.instant[:10]}: {row.trial.detail}"


def _broken(values: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Yield where the chain does not hold."""
    place, previous = 0, START
    for each in values:
        if each[0] != place + 1:
            yield f"row {place + 1}: missing: the next one is row {each[0]}"
        elif each[-2] != previous:
            yield f"row {each[0]}: does not follow the row before it: one of them was changed"
        if row_digest(each[:-1]) != each[-1]:
            yield f"row {each[0]}: changed"
        place, previous = each[0], each[-1]
