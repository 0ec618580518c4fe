"""Telling the trial ledger of backtests: before one is computed, after it, and of those that were found finished."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from enerqis.io.secrets import redact
from enerqis.io.store import RECEIPT_FILE
from enerqis.io.trial_key import trial_key
from enerqis.pipeline import receipts
from enerqis.quant.return_moments import moments_from
from enerqis.spec.slices import SliceDocument
from enerqis.tracking.ledger import Ledger
from enerqis.tracking.trial import Trial

OBJECTIVE = "sharpe_per_bar"
"""What a plain run is judged by in the ledger; a search names its own."""

DETAIL_CHARACTERS = 300
"""Longest reason kept of a failure."""


def trial_of(
    document: SliceDocument, components: Mapping[str, Any], *, run_id: str, experiment: str, dataset: str
) -> Trial:
    """Return the row that a backtest starts with.

    Parameters
    ----------
    document : SliceDocument
        Of `backtest`, with its ``trial_sha256``.
    components : mapping
        The six components of its identity; ``data.parquet`` is the dataset's content.
    run_id, experiment, dataset : str
    """
    content = components["data"]["parquet"]
    key = trial_key(str(document.trial_sha256), content)
    return Trial(key, content, "started", run_id, document.spec["strategy"]["kind"], dataset, experiment)


@contextmanager
def counted(ledger: Ledger, trial: Trial, entry: Path) -> Iterator[None]:
    """Count a trial around the block that makes its result, `entry` of the store.

    A row stands before anything is computed, so that a process that is killed leaves it; a result that was there before is one
    more row only where the ledger does not know it.
    """
    if (entry / RECEIPT_FILE).is_file():
        yield
        ledger.ensure([finished(trial, receipts.read(entry))])
        return
    ledger.record([trial])
    try:
        yield
    except Exception as exc:
        ledger.record([replace(trial, outcome="failed", detail=redact(str(exc))[:DETAIL_CHARACTERS])])
        raise
    ledger.record([finished(trial, receipts.read(entry))])


def finished(trial: Trial, receipt: Mapping[str, Any]) -> Trial:
    """Return the row of a trial whose backtest has this receipt."""
    found = receipt["facts"].get("returns")
    if found is None:
        return replace(trial, outcome="finished")
    moments = moments_from(found)
    return replace(
        trial,
        outcome="finished",
        moments=moments,
        objective_name=OBJECTIVE,
        objective=moments.sharpe,
        signature=found["signature"],
    )
