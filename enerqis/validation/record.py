"""What one record of returns says for itself: moments, how sure its ratio is, intervals, regimes, the order of its trades."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from enerqis.interfaces.metric import Evidence, Floats
from enerqis.quant.annualisation import rate_per_year
from enerqis.quant.bootstrap import block_length, bootstrap, intervals
from enerqis.quant.columns import integers
from enerqis.quant.drawdown import drawdowns
from enerqis.quant.moments import deviation, mean, quotient
from enerqis.quant.probability import minimum_track_record, probabilistic_sharpe
from enerqis.quant.regimes import by_regime, regimes
from enerqis.quant.reordering import reordered
from enerqis.quant.return_moments import moments_of
from enerqis.quant.returns import compounded, growth
from enerqis.quant.sharpe import PeriodSharpe
from enerqis.quant.track import TrackRecord, track_of, track_record
from enerqis.validation.ground import equity_before

CONFIDENCE_FRACTION = 0.95
DRAWS = 1000
REGIME_SESSIONS = 63
"""Sessions that a regime looks back: a quarter of a year of days on an exchange."""

PERCENTILES = (5, 25, 50, 75, 95)
FIGURES = ("sharpe_ratio", "annual_return_fraction", "annual_volatility_fraction", "max_drawdown_fraction")
"""Figures of a series of returns per session, as `figures_of` gives them."""


def figures_of(returns: Floats, *, per_year: float) -> Floats:
    """Return the figures of a series: ratio per year, yearly return and deviation, largest drawdown; NaN where undefined."""
    if not len(returns):
        return np.full(len(FIGURES), math.nan)
    spread = deviation(returns)
    ratio = PeriodSharpe(quotient(mean(returns), spread)).annual(per_year).value
    yearly = rate_per_year(compounded(returns), session_count=len(returns), per_year=per_year)
    worst = float(drawdowns(growth(returns), initial=1.0).max())
    return np.array([ratio, yearly, spread * math.sqrt(per_year), worst])


def named_figures(returns: Floats, *, per_year: float) -> dict[str, float]:
    """Return the figures of a series by name, the total return among them."""
    found = dict(zip(FIGURES, figures_of(returns, per_year=per_year).tolist(), strict=True))
    return {"total_return_fraction": compounded(returns), **found}


def record_tree(evidence: Evidence) -> dict[str, Any]:
    """Return moments of the returns per session, the probabilistic ratio and the minimum track record length.

    Returns
    -------
    dict
        ``moments`` per session, kurtosis full; ``minimum_track_record_sessions`` null where no length is enough;
        ``beats_benchmark_fraction``: probability that the mean above buy-and-hold's is above zero.
    """
    moments = moments_of(evidence.returns, periods_per_year=evidence.sessions_per_year)
    track = track_of(moments) if moments.periods > 1 else None
    above = evidence.returns - evidence.benchmark_returns
    return {
        "moments": moments._asdict(),
        "figures": named_figures(evidence.returns, per_year=evidence.sessions_per_year),
        "confidence_fraction": CONFIDENCE_FRACTION,
        "probabilistic_sharpe_fraction": probabilistic_sharpe(track) if track else math.nan,
        "minimum_track_record_sessions": _least(track) if track else math.nan,
        "beats_benchmark_fraction": probabilistic_sharpe(track_record(above)) if len(above) > 1 else math.nan,
    }


def _least(track: TrackRecord) -> float:
    return minimum_track_record(track, confidence_fraction=CONFIDENCE_FRACTION)


def bootstrap_tree(evidence: Evidence, *, seed: int) -> dict[str, Any]:
    """Return the stationary-bootstrap interval of each figure."""
    returns, per_year = evidence.returns, evidence.sessions_per_year
    block = block_length(returns)
    draws = bootstrap(
        returns, lambda each: figures_of(each, per_year=per_year), draws=DRAWS, seed=seed, mean_block=block
    )
    found = intervals(draws, confidence_fraction=CONFIDENCE_FRACTION)
    values = figures_of(returns, per_year=per_year).tolist()
    return {
        "confidence_fraction": CONFIDENCE_FRACTION,
        "draws": DRAWS,
        "block_sessions": math.ceil(block),
        "figures": {
            name: {"value": value, **interval._asdict()}
            for name, value, interval in zip(FIGURES, values, found, strict=True)
        },
    }


def regime_tree(evidence: Evidence) -> dict[str, Any]:
    """Return what the strategy and the benchmark did in each regime of the benchmark."""
    split = regimes(evidence.benchmark_returns, window=REGIME_SESSIONS)
    own, other = (by_regime(each, split) for each in (evidence.returns, evidence.benchmark_returns))
    per_year = evidence.sessions_per_year
    return {
        "window_sessions": REGIME_SESSIONS,
        "regimes": {
            name: {
                "sessions": own[name].sessions,
                "annual_mean_fraction": own[name].mean * per_year,
                "sharpe_ratio": own[name].sharpe.annual(per_year).value,
                "benchmark_annual_mean_fraction": other[name].mean * per_year,
                "benchmark_sharpe_ratio": other[name].sharpe.annual(per_year).value,
            }
            for name in split
        },
    }


def reordering_tree(evidence: Evidence, *, seed: int) -> dict[str, Any]:
    """Return the drawdowns of the same trades in other orders: fractions of the peak, by percentile."""
    trades = evidence.trades.sort_by([("exit_ts", "ascending"), ("entry_ts", "ascending"), ("symbol", "ascending")])
    before = equity_before(integers(trades, "entry_ts"), evidence.equity, initial=evidence.initial_cash)
    profit = trades.column("profit").to_numpy()
    returns = np.divide(profit, before, out=np.zeros_like(profit), where=before > 0.0)
    found = reordered(returns, draws=DRAWS, seed=seed)
    levels = np.percentile(found.drawdowns, PERCENTILES).tolist()
    return {
        "trades": trades.num_rows,
        "draws": DRAWS,
        "recorded_drawdown_fraction": found.recorded,
        "no_worse_fraction": found.rank_fraction,
        "drawdown_fractions": {f"p{level:02d}": value for level, value in zip(PERCENTILES, levels, strict=True)},
    }
