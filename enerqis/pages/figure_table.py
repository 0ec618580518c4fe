"""Every figure of a run, beside that of buying and holding where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from enerqis.pages import formatting

BENCHMARK = "benchmark_"
GROUPS = (
    ("Return", ("total_return", "annual_return", "final_equity", "alpha", "beta")),
    ("Risk", ("sharpe", "sortino", "calmar", "annual_volatility", "max_drawdown", "longest_drawdown", "value_at_risk",
              "expected_shortfall", "tail")),
    ("Trades", ("trades", "open_trades", "win_rate", "profit_factor", "average")),
    ("Exposure and costs", ("time_in_market", "mean_", "max_gross", "annual_turnover", "commission", "slippage", "carry",
                            "costs")),
)  # fmt: skip
"""Titles, and how the keys of their figures begin, in the order shown."""
OTHERS = "Other"


class FigureRow(NamedTuple):
    """One line: the key as in ``data/metrics``, its words, the run's figure, the benchmark's (or nothing)."""

    key: str
    label: str
    text: str
    benchmark: str


class FigureGroup(NamedTuple):
    """Lines that belong together."""

    title: str
    rows: list[FigureRow]

    @property
    def is_compared(self) -> bool:
        """Whether any line has a benchmark's figure."""
        return any(row.benchmark for row in self.rows)


def figure_groups(metrics: Mapping[str, float]) -> list[FigureGroup]:
    """Return all figures in groups; a benchmark's stands beside its own kind, groups without figures are left out."""
    alone = [key for key in metrics if key.startswith(BENCHMARK) and key.removeprefix(BENCHMARK) not in metrics]
    keys = sorted(
        {key for key in metrics if not key.startswith(BENCHMARK)} | {key.removeprefix(BENCHMARK) for key in alone}
    )
    placed = sorted((*_place(key), key) for key in keys)
    titles = [title for title, _ in GROUPS] + [OTHERS]
    found = [
        FigureGroup(title, [_row(key, metrics) for group, _, key in placed if group == number])
        for number, title in enumerate(titles)
    ]
    return [group for group in found if group.rows]


def _place(key: str) -> tuple[int, int]:
    """Return the group of a key and its place in it."""
    name = key.rpartition(".")[2]
    for group, (_, beginnings) in enumerate(GROUPS):
        for place, beginning in enumerate(beginnings):
            if name.startswith(beginning):
                return group, place
    return len(GROUPS), 0


def _row(key: str, metrics: Mapping[str, float]) -> FigureRow:
    def text(name: str) -> str:
        return formatting.figure(name, metrics[name]) if name in metrics else ""

    return FigureRow(key, formatting.label(key), text(key), text(BENCHMARK + key))
