"""One row of the trial ledger: what happened to one config on one dataset, with the moments of what it returned.

A trial is a key; it has many rows: it started, it finished, it was evaluated again, on one fold or under stress. The key is the
hash of (strategy, feature, universe, risk, cost and execution slices; dataset content), see `enerqis.compose.trials`.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any, Literal

from enerqis.quant.return_moments import Moments

ROW_DOMAIN = b"enerqis/ledger-row/1\0"
START = hashlib.sha256(b"enerqis/ledger-start/1\0").hexdigest()
"""What the first row of a ledger carries as the hash of the row before."""

Outcome = Literal["started", "finished", "failed", "recorded", "lost"]
"""``recorded``: known from ``.cbr/trials``. ``lost``: rows of an earlier ledger are gone; it is no trial."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is told to the ledger; the ledger adds the instant, the place in its order and the chain.

    Parameters
    ----------
    key : str
        Hash of the config and the dataset content: `enerqis.compose.trials.trial_key`.
    content : str
        Hash of the dataset's content, as the stage `backtest` has it in ``identity.data.parquet``.
    outcome : Outcome
        ``started`` before anything is computed, then ``finished`` or ``failed``; a start that nothing follows was abandoned.
    run_id : str
        Stage id of the backtest, or of the sweep's point.
    strategy, dataset, experiment : str
        Kind, and the stems of their files.
    part : str
        Empty for the whole run; ``fold 3`` or ``stress costs_x2`` for what is a part of the same trial.
    objective_name, objective : str and float or None
        What a search looks at; of a plain run its Sharpe ratio.
    moments : Moments or None
        Of a finished row.
    signature : str
        `enerqis.quant.signatures`: returns in 64 blocks of the dataset's time, for correlation with other trials.
    detail : str
        Why it failed; of a recorded row, the hash of its line.
    """

    key: str
    content: str
    outcome: Outcome
    run_id: str
    strategy: str
    dataset: str
    experiment: str
    part: str = ""
    objective_name: str = ""
    objective: float | None = None
    moments: Moments | None = None
    signature: str = ""
    detail: str = ""


COLUMNS: dict[str, str] = {
    "seq": "BIGINT PRIMARY KEY",
    "instant": "TEXT NOT NULL",
    "outcome": "TEXT NOT NULL",
    "trial": "TEXT NOT NULL",
    "content": "TEXT NOT NULL",
    "run_id": "TEXT NOT NULL",
    "part": "TEXT NOT NULL",
    "strategy": "TEXT NOT NULL",
    "dataset": "TEXT NOT NULL",
    "experiment": "TEXT NOT NULL",
    "objective_name": "TEXT NOT NULL",
    "objective": "DOUBLE PRECISION",
    "periods": "BIGINT",
    "mean": "DOUBLE PRECISION",
    "std": "DOUBLE PRECISION",
    "skew": "DOUBLE PRECISION",
    "kurtosis": "DOUBLE PRECISION",
    "periods_per_year": "DOUBLE PRECISION",
    "signature": "TEXT NOT NULL",
    "detail": "TEXT NOT NULL",
    "previous": "TEXT NOT NULL",
    "sha256": "TEXT NOT NULL",
}
"""The table `trials` of a ledger: column to type, understood by SQLite and PostgreSQL. NaN and infinity are NULL."""

NAMES = tuple(COLUMNS)


@dataclass(frozen=True, slots=True)
class Row:
    """A trial as the ledger holds it.

    Parameters
    ----------
    seq : int
        From 1, without gaps.
    instant : str
        When it was appended, by the ledger's own clock: ISO 8601, UTC.
    trial : Trial
    previous, sha256 : str
        Hash of the row before, and of this one.
    """

    seq: int
    instant: str
    trial: Trial
    previous: str
    sha256: str


def values_of(trial: Trial, *, seq: int, instant: str, previous: str) -> tuple[Any, ...]:
    """Return the values of a row in the order of `COLUMNS`, the hash of all of them last.

    A minus zero is written as zero: SQLite keeps no sign of it, and the hash is of what is read back.
    """
    moments = trial.moments or (None,) * 6
    values = (
        seq,
        instant,
        trial.outcome,
        trial.key,
        trial.content,
        trial.run_id,
        trial.part,
        trial.strategy,
        trial.dataset,
        trial.experiment,
        trial.objective_name,
        *(None if each is None or not math.isfinite(each) else each + 0 for each in (trial.objective, *moments)),
        trial.signature,
        trial.detail,
        previous,
    )
    return (*values, row_digest(values))


def row_of(values: tuple[Any, ...]) -> Row:
    """Return the row that `values` are, in the order of `COLUMNS`."""
    found = dict(zip(NAMES, values, strict=True))
    moments = None
    if found["periods"] is not None:
        figures = (found[name] for name in ("mean", "std", "skew", "kurtosis", "periods_per_year"))
        moments = Moments(found["periods"], *(math.nan if each is None else each for each in figures))
    named = ("outcome", "run_id", "part", "strategy", "dataset", "experiment", "objective_name", "signature", "detail")
    trial = Trial(
        key=found["trial"],
        content=found["content"],
        objective=found["objective"],
        moments=moments,
        **{name: found[name] for name in named},
    )
    return Row(found["seq"], found["instant"], trial, found["previous"], found["sha256"])


def row_digest(values: tuple[Any, ...]) -> str:
    """Return the hash of a row's values, all but the hash itself."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(ROW_DOMAIN + text.encode()).hexdigest()
