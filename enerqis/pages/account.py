"""The account over time: equity and drawdown beside buying and holding, and exposure; thinned to what a screen can show."""

from __future__ import annotations

from typing import Any

from enerqis.interfaces.metric import Evidence
from enerqis.pages.timeline import Timeline, figures, steps
from enerqis.quant.columns import integers
from enerqis.quant.downsampling import extreme_rows
from enerqis.quant.drawdown import drawdowns


def account_series(evidence: Evidence, timeline: Timeline, *, points: int) -> dict[str, Any]:
    """Return the series of the account's charts as JSON.

    Parameters
    ----------
    evidence : Evidence
    timeline : Timeline
    points : int
        Rows at most.

    Returns
    -------
    dict
        ``t`` (steps of seconds), ``equity``, ``benchmark``, ``drawdown`` and ``benchmark_drawdown`` (fractions, not
        positive), ``gross`` and ``net`` exposure (fractions); lists of one length.
    """
    equity = evidence.equity.column("equity").to_numpy()
    benchmark = evidence.benchmark.column("equity").to_numpy()
    gross = evidence.equity.column("gross_exposure").to_numpy()
    net = evidence.equity.column("net_exposure").to_numpy()
    falls = 0.0 - drawdowns(equity, initial=evidence.initial_cash)
    benchmark_falls = 0.0 - drawdowns(benchmark, initial=evidence.initial_cash)
    rows = extreme_rows([equity, benchmark, falls, gross], points=points)
    return {
        "t": steps(timeline.of_closes(integers(evidence.equity, "ts")[rows])),
        "equity": figures(equity[rows], 8),
        "benchmark": figures(benchmark[rows], 8),
        "drawdown": figures(falls[rows], 4),
        "benchmark_drawdown": figures(benchmark_falls[rows], 4),
        "gross": figures(gross[rows], 4),
        "net": figures(net[rows], 4),
    }
