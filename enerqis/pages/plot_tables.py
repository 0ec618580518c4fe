"""Small tables of a run that git keeps and ``dvc plots`` draws: text, few rows, the same bytes for the same run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from enerqis.interfaces.metric import Evidence
from enerqis.pages import formatting
from enerqis.quant.columns import integers
from enerqis.quant.downsampling import extreme_rows
from enerqis.quant.drawdown import drawdowns
from enerqis.quant.returns import monthly_returns
from enerqis.quant.rounding import significant

POINTS = 250
"""Rows of a series at most."""


def plot_tables(evidence: Evidence) -> dict[str, str]:
    """Return the text of each CSV file by name.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    dict of str to str
        ``equity.csv``: ts (UTC, close of the bar), equity, benchmark (account currency); ``drawdown.csv``: ts, drawdown,
        benchmark (not positive fractions); both of the same, at most 250 instants, highs and lows among them.
        ``monthly.csv``: month, return, benchmark (fractions). Lines end in LF, numbers have 12 significant digits at most.
    """
    equity = evidence.equity.column("equity").to_numpy()
    benchmark = evidence.benchmark.column("equity").to_numpy()
    falls = 0.0 - drawdowns(equity, initial=evidence.initial_cash)
    benchmark_falls = 0.0 - drawdowns(benchmark, initial=evidence.initial_cash)
    rows = extreme_rows([equity, falls], points=POINTS) if len(equity) else integers(evidence.equity, "ts")
    instants = [formatting.iso_instant(each) for each in integers(evidence.equity, "ts")[rows].tolist()]
    months, monthly = monthly_returns(evidence.sessions, evidence.returns)
    _, monthly_benchmark = monthly_returns(evidence.sessions, evidence.benchmark_returns)
    labels = [f"{1970 + each // 12}-{each % 12 + 1:02d}" for each in months.tolist()]
    return {
        "equity.csv": _csv(("ts", "equity", "benchmark"), instants, equity[rows].tolist(), benchmark[rows].tolist()),
        "drawdown.csv": _csv(
            ("ts", "drawdown", "benchmark"), instants, falls[rows].tolist(), benchmark_falls[rows].tolist()
        ),
        "monthly.csv": _csv(("month", "return", "benchmark"), labels, monthly.tolist(), monthly_benchmark.tolist()),
    }


def _csv(names: Sequence[str], labels: Iterable[str], *columns: list[float]) -> str:
    lines = [",".join(names)]
    for label, *values in zip(labels, *columns, strict=True):
        lines.append(",".join([label, *(f"{significant(value)!r}" for value in values)]))
    return "\n".join(lines) + "\n"
