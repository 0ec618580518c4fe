"""Every figure of a run, beside that of buying and holding where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from enerqis.pages import formatting

BENCHMARK = "benchmark_"


class FigureRow(NamedTuple):
    """One line: the key as in ``data/metrics``, its words, the run's figure, the benchmark's (or nothing)."""

    key: str
    label: str
    text: str
    benchmark: str


def figure_rows(metrics: Mapping[str, float]) -> list[FigureRow]:
    """Return the figures in the order of their names; a benchmark's stands beside its own kind."""
    own = [key for key in sorted(metrics) if not key.startswith(BENCHMARK)]
    alone = [key for key in sorted(metrics) if key.startswith(BENCHMARK) and key.removeprefix(BENCHMARK) not in metrics]
    return [_row(key, metrics) for key in own] + [
        FigureRow(key, formatting.label(key.removeprefix(BENCHMARK)), "", formatting.figure(key, metrics[key]))
        for key in alone
    ]


def _row(key: str, metrics: Mapping[str, float]) -> FigureRow:
    beside = metrics.get(BENCHMARK + key)
    text = formatting.figure(key, beside) if beside is not None else ""
    return FigureRow(key, formatting.label(key), formatting.figure(key, metrics[key]), text)
