"""The trials on a dataset's content that git knows of, from ``.cbr/trials``: what a report, and later a gate, counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from enerqis.io.hashing import digest
from enerqis.io.trial_file import FOLDER, path_of, read
from enerqis.quant.return_moments import Moments, moments_from
from enerqis.quant.trial_count import Elsewhere, Figures
from enerqis.spec.trials import TrialLine

TRIALS_DOMAIN = "enerqis/known-trials/1"


def known_trials(root: Path, content: str) -> list[Figures]:
    """Return figures and day of every trial on a content, by key: of all files, since two datasets may have one content.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    lines: dict[str, TrialLine] = {}
    days: dict[str, date] = {}
    for path in sorted((root / FOLDER).glob("*.json")):
        record = read(path)
        lines |= {line.key: line for line in record.latest(content)}
        days |= {key: min(day, days.get(key, day)) for key, day in record.days.items()}
    return [Figures(key, moments_in(line), line.signature, days.get(key)) for key, line in sorted(lines.items())]


def trials_elsewhere(root: Path, dataset: str, content: str) -> Elsewhere:
    """Return how many trials are recorded on other contents of a dataset, as it was with fewer days or other rows."""
    lines = read(path_of(root, dataset)).lines if dataset else ()
    others = {(line.content, line.key) for line in lines if line.content != content}
    return Elsewhere(len(others), len({each for each, _ in others}))


def trials_digest(trials: Sequence[Figures]) -> str:
    """Return the hash of what a page shows of trials: the same wherever and in which order they were recorded."""
    return digest(TRIALS_DOMAIN, [[each.key, _finite(each.moments), each.signature, *_day(each)] for each in trials])


def searched_trials(validation: Mapping[str, Any]) -> list[Figures]:
    """Return the figures of every point that a validation's search ran: tried all the same where nobody recorded them.

    Parameters
    ----------
    validation : mapping
        As the stage `validate` writes it; empty where there is none.
    """
    tried = (validation.get("search") or {}).get("tried", ())
    return [
        Figures(each["key"], moments_from(each) if "periods" in each else None, each.get("signature", ""))
        for each in tried
    ]


def own_trial(key: str, receipt: Mapping[str, Any]) -> Figures:
    """Return the figures of the trial whose backtest has this receipt."""
    found = receipt["facts"]["returns"]
    return Figures(key, moments_from(found), found["signature"])


def moments_in(line: TrialLine) -> Moments | None:
    """Return the moments of a line; None where the trial has none."""
    return None if line.periods is None else moments_from(line.model_dump())


def _day(trial: Figures) -> list[str]:
    return [] if trial.recorded is None else [trial.recorded.isoformat()]


def _finite(moments: Moments | None) -> list[float | None] | None:
    return None if moments is None else [each if math.isfinite(each) else None for each in moments]
