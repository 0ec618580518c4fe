"""The first lines of a report: what became of the money, said in sentences, and the four figures to look at first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from enerqis.pages import formatting
from enerqis.pages.record import Record
from enerqis.quant.trial_count import TrialCount


class Key(NamedTuple):
    """One large figure: its name, its text, and what to compare it with."""

    name: str
    text: str
    beside: str


IN_ALL = ("Return in all", "total_return_fraction", "benchmark_total_return_fraction")
"""What a record of less than a year shows first, in the place of a return a year."""
KEYS = (
    ("Annual return", "annual_return_fraction", "benchmark_annual_return_fraction"),
    ("Sharpe ratio", "sharpe_ratio", "benchmark_sharpe_ratio"),
    ("Worst fall", "max_drawdown_fraction", "benchmark_max_drawdown_fraction"),
    ("Volatility", "annual_volatility_fraction", "benchmark_annual_volatility_fraction"),
)


def key_figures(metrics: Mapping[str, float], record: Record | None = None) -> list[Key]:
    """Return the large figures that the run has, each beside that of buying and holding; no return a year of less than one."""
    keys = (IN_ALL, *KEYS[1:]) if record and record.is_short else KEYS
    found = [
        Key(
            name,
            formatting.figure(key, metrics[key]),
            f"buy and hold {formatting.figure(key, metrics[beside])}" if beside in metrics else "",
        )
        for name, key, beside in keys
        if key in metrics
    ]
    if "trades_count" in metrics:
        won = metrics.get("win_rate_fraction")
        beside = f"{formatting.percent(won)} won" if won is not None else "none closed"
        found.append(Key("Trades", formatting.count(metrics["trades_count"]), beside))
    return found


def sentences(
    metrics: Mapping[str, float], *, initial: float, final: float, benchmark: float, currency: str, record: Record
) -> list[str]:
    """Return what happened in plain sentences.

    Parameters
    ----------
    metrics : mapping
        Figures of the run; what is missing is not spoken of.
    initial, final, benchmark : float
        The account at the start and at the end, and what buying and holding would have made of it.
    currency : str
        Of the account.
    record : Record
    """
    became = f"{formatting.amount(initial)} {currency} became {formatting.amount(final)} {currency}"
    held = f"bought and held, it would have become {formatting.amount(benchmark)}"
    length = (
        f"{formatting.count(record.days)} days" if record.is_short else f"{formatting.number(record.years, 1)} years"
    )
    found = [f"{became} in {length}; {held}.", _comparison(metrics, is_short=record.is_short), record.warning]
    costs = metrics.get("costs_of_initial_cash_fraction")
    if costs is not None and costs > 0.0:
        what = "Trading and holding" if metrics.get("carry_amount") else "Trading"
        found.append(f"{what} took {formatting.percent(costs)} of the initial cash.")
    return [sentence for sentence in found if sentence]


def trial_sentence(trials: TrialCount | None) -> str:
    """Return how many configs were tried on the same data, this one included; empty where nobody counted."""
    if trials is None:
        return ""
    if trials.count == 1:
        return "No other config was recorded on these data."
    tried = f"One of {formatting.count(trials.count)} configs tried on these data"
    known = independent_of(trials)
    which = f", of which {known} by return correlation" if known else ""
    unknown = f"; the returns of {formatting.count(trials.unlike)} of them were not kept" if trials.unlike else ""
    return f"{tried}{which}{unknown}."


def stand_in_sentence(facts: Mapping[str, Any]) -> str:
    """Return how many fills were priced by the slippage's stand-in, from the facts of a backtest; empty where none was."""
    count, fills = facts.get("stand_in_fills", 0), facts.get("fills", 0)
    if not count:
        return ""
    which = (
        f"All {formatting.count(fills)}"
        if count == fills
        else f"{formatting.count(count)} of {formatting.count(fills)}"
    )
    return f"{which} fills paid the stand-in of the slippage (fallback_bps): their bars lack what its price is made of."


def independent_of(trials: TrialCount) -> str:
    """Return how many of the trials are independent; at most, where returns of some are not kept and each counts by itself.

    Nothing where that bound is the number of trials, and says nothing.
    """
    if trials.unlike and trials.effective == trials.count:
        return ""
    return f"{'at most ' if trials.unlike else ''}{formatting.count(trials.effective)} independent"


def _comparison(metrics: Mapping[str, float], *, is_short: bool) -> str:
    """Return one sentence on return and risk against buying and holding; a run shorter than a year is not annualised."""
    names = ("total_return_fraction" if is_short else "annual_return_fraction", "max_drawdown_fraction")
    pairs = [(metrics.get(name, math.nan), metrics.get(f"benchmark_{name}", math.nan)) for name in names]
    if any(math.isnan(each) for pair in pairs for each in pair):
        return ""
    (earned, market), (fell, market_fell) = pairs
    more, safer = earned > market, fell < market_fell
    verdict = {
        (True, True): "It earned more than buying and holding and fell less",
        (True, False): "It earned more than buying and holding, but fell further",
        (False, True): "It earned less than buying and holding, but fell less",
        (False, False): "It earned less than buying and holding and fell further",
    }[more, safer]
    if (earned, fell) == (market, market_fell):
        verdict = "It did what buying and holding did"
    returns = f"{formatting.percent(earned)} against {formatting.percent(market)} {'in all' if is_short else 'a year'}"
    falls = f"{formatting.percent(fell)} against {formatting.percent(market_fell)} from peak to trough"
    return f"{verdict}: {returns}, {falls}."
