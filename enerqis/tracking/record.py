"""What a tracker is told about one finished experiment: plain values, made from the resolved spec and the results."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from enerqis.io.hashing import digest

IDENTITY_DOMAIN = "enerqis/track/1"
MAX_EQUITY_STEPS = 200
"""Points of the equity series a tracker gets; the whole curve is in the report and in ``data/backtest``."""


class EquityPoint(NamedTuple):
    """One point of the equity curve: bar number from 0, its close (UTC ns), equity in the account's currency."""

    bar: int
    ts: int
    equity: float


@dataclass(frozen=True)
class RunRecord:
    """One run as a tracker sees it.

    Parameters
    ----------
    experiment : str
        Stem of its file under conf/experiment.
    stage_ids : mapping of str to str
        Stage name to stage id: what made each of its outputs; they identify the run.
    params : mapping of str to str
        The resolved spec, flattened: dotted key to text.
    dataset : str
        Name of its dataset.
    dataset_sha256 : str
        Hash of the dataset's logical content.
    metrics : mapping of str to float
        Figures of the report; those that are not finite are left out.
    equity : sequence of EquityPoint
        At most `MAX_EQUITY_STEPS`, see `thin`.
    report : Path or None
        The page to keep as artifact.
    tags : mapping of str to str
        Anything else worth searching for, such as result hashes.
    """

    experiment: str
    stage_ids: Mapping[str, str]
    params: Mapping[str, str]
    dataset: str
    dataset_sha256: str
    metrics: Mapping[str, float]
    equity: Sequence[EquityPoint] = ()
    report: Path | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Hash of the stage ids: the same for the same run, wherever and whenever it is logged."""
        return digest(IDENTITY_DOMAIN, dict(self.stage_ids))

    @property
    def finite_metrics(self) -> dict[str, float]:
        """The figures that a tracker can store."""
        return {name: value for name, value in self.metrics.items() if math.isfinite(value)}


@dataclass(frozen=True)
class SweepRecord:
    """A sweep as a tracker sees it.

    Parameters
    ----------
    whole : RunRecord
        The sweep; its table is the artifact.
    points : tuple of RunRecord
        Its best points, the best first.
    """

    whole: RunRecord
    points: tuple[RunRecord, ...]


def flatten(spec: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return a nested spec as dotted keys and text; lists are JSON, so that ``[AAPL, IBM]`` stays one value."""
    flat: dict[str, str] = {}
    for key, value in spec.items():
        path = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, Mapping) and value:
            flat |= flatten(value, path)
        else:
            flat[path] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return flat


def thin(ts: Sequence[int], equity: Sequence[float], *, max_points: int = MAX_EQUITY_STEPS) -> tuple[EquityPoint, ...]:
    """Return evenly spaced points of a curve, the first and the last always among them.

    Parameters
    ----------
    ts : sequence of int, length n_bars
        Closing instants, UTC ns.
    equity : sequence of float, length n_bars
    max_points : int
        At least 2.
    """
    last = len(ts) - 1
    if last < max_points:
        bars = range(last + 1)
        return tuple(EquityPoint(bar, int(ts[bar]), float(equity[bar])) for bar in bars)
    chosen = [point * last // (max_points - 1) for point in range(max_points)]
    return tuple(EquityPoint(bar, int(ts[bar]), float(equity[bar])) for bar in chosen)
