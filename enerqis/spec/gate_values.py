"""The values that a gate may look at: their names, the stage that makes each, and where in its document each stands.

Figures of metrics are not in this list: their names come from the metric plug-ins (`enerqis.compose.gates`). Limits are
``risk.KIND.KEY``, by the names of the risk profile.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

Unit = Literal["fraction", "ratio", "amount", "count", "sessions", "days", "bps", "multiple", "bars", "steps"]
"""Units by which names end; a number without one is no threshold."""

METRIC, RISK = "metric", "risk"
"""Sections whose names are not fixed: figures of the metric plug-ins, and limits of the experiment's risk profile."""


class GateValue(NamedTuple):
    """One value.

    Parameters
    ----------
    stage : str
        The stage that makes it.
    path : tuple of str
        Keys in that stage's document; empty where it is counted from the document, not read.
    summary : str
        What it is, in a few words.
    is_share : bool
        Whether it lies in [0, 1] by what it is, as a probability does.
    lacks : str
        What an experiment has to choose for it to exist; empty where it always does.
    moves : str
        What would move it, a sentence; empty where its name says it.
    """

    stage: str
    path: tuple[str, ...]
    summary: str
    is_share: bool = False
    lacks: str = ""
    moves: str = ""


SEARCH = "a search with a space (conf/search)"
SCHEME = "a cross-validation (conf/cv)"
VARYING = "returns that vary"
ENGINE = "a spec that the other engine can run"

FIXED: dict[str, GateValue] = {
    "validation.deflated_sharpe_fraction": GateValue(
        "report",
        ("validation", "deflated_sharpe_fraction"),
        "probability that the true ratio is above that of the best of K lucky trials",
        True,
        VARYING,
        moves="a higher ratio or a longer record raises it; every further trial on these data lowers it",
    ),
    "validation.probabilistic_sharpe_fraction": GateValue(
        "report", ("validation", "probabilistic_sharpe_fraction"), "the same with one trial", True, VARYING
    ),
    "validation.trials_count": GateValue(
        "report", ("validation", "trials_count"), "K: trials on the dataset's content, from .cbr/trials"
    ),
    "validation.effective_trials_count": GateValue(
        "report",
        ("validation", "effective_trials_count"),
        "how many of these trials are independent by the correlation of their returns",
    ),
    "validation.overfitting_fraction": GateValue(
        "report",
        ("validation", "overfitting_fraction"),
        "PBO: how often the best in sample ends in the worse half out of sample",
        True,
        SEARCH,
        moves="a smaller space of parameters, or a plateau in it, lowers it",
    ),
    "validation.in_sample_sharpe_ratio": GateValue(
        "report", ("validation", "in_sample_sharpe_ratio"), "mean over the splits, train rows", lacks=SCHEME
    ),
    "validation.out_of_sample_sharpe_ratio": GateValue(
        "report", ("validation", "out_of_sample_sharpe_ratio"), "mean over the splits, test rows", lacks=SCHEME
    ),
    "validation.neighbour_share_fraction": GateValue(
        "report",
        ("validation", "neighbour_share_fraction"),
        "share of the ratio that is left with one number of the strategy a tenth off",
        lacks="a number in the strategy",
        moves="parameters whose neighbours do as well raise it",
    ),
    "validation.record_sessions": GateValue(
        "validate", ("record", "moments", "periods"), "sessions that the returns were measured by"
    ),
    "validation.minimum_track_record_sessions": GateValue(
        "validate",
        ("record", "minimum_track_record_sessions"),
        "sessions that tell a ratio like this from zero",
        lacks="a ratio above zero",
    ),
    "validation.beats_benchmark_fraction": GateValue(
        "validate",
        ("record", "beats_benchmark_fraction"),
        "probability that the mean return is above buy-and-hold's",
        True,
        VARYING,
    ),
    "validation.losing_splits_fraction": GateValue(
        "validate",
        ("cv", "degradation", "losing_splits_fraction"),
        "splits with a ratio below zero out of sample",
        True,
        SCHEME,
    ),
    "validation.break_even_cost_multiple": GateValue(
        "validate",
        ("stress", "break_even_cost_multiple"),
        "how many times the costs may rise before nothing is earned",
        lacks="costs",
    ),
    "validation.late_fill_sharpe_ratio": GateValue(
        "validate",
        ("stress", "cases", "fills_one_bar_later", "sharpe_ratio"),
        "ratio with every fill one bar later",
        lacks="fills that can be a bar later",
    ),
    "validation.reordered_drawdown_fraction": GateValue(
        "validate",
        ("reordering", "drawdown_fractions", "p95"),
        "drawdown that 95 % of the orders of the same trades stay within",
    ),
    "parity.differing_count": GateValue(
        "parity",
        (),
        "orders, fills and bars in which the two engines differ",
        lacks=ENGINE,
        moves="'enerqis parity' shows the first difference with both accounts",
    ),
    "parity.max_equity_difference_fraction": GateValue(
        "parity",
        ("divergence", "max_relative_equity_difference"),
        "largest difference of equity between the engines, over the largest equity so far",
        lacks=ENGINE,
    ),
    "leak.findings_count": GateValue(
        "validate", (), "leaks that the tests found", moves="mend what is named, and run again"
    ),
    "leak.untested_count": GateValue("validate", (), "columns that no test could say anything of, and tests refused"),
    "data.unexplained_rejects_count": GateValue(
        "ingest",
        (),
        "rows rejected beyond those that explained_rejects in the gates file names",
        moves="look at data/processed/DATASET/rejected.parquet and name the rows in explained_rejects, or mend the rule",
    ),
    "data.rejected_count": GateValue("ingest", ("rows", "rejected"), "rows rejected by a rule"),
    "data.missing_sessions_count": GateValue("ingest", (), "sessions without a bar, of all symbols of the dataset"),
    "data.missing_bars_count": GateValue("ingest", (), "intraday bars missing, of all symbols of the dataset"),
    "data.jumps_count": GateValue("ingest", (), "closes far from the one before, of all symbols of the dataset"),
    "data.differing_duplicates_count": GateValue(
        "ingest", ("duplicates_differing",), "rows of one instant whose prices or volume differ"
    ),
    "run.orders_count": GateValue("backtest", ("facts", "orders"), "orders written down"),
    "run.fills_count": GateValue("backtest", ("facts", "fills"), "fills"),
    "run.bars_count": GateValue("backtest", ("facts", "bars"), "bars that the run went over"),
    "run.audited_events_count": GateValue("backtest", ("audit", "lines"), "lines of the hash-chained audit trail"),
}
"""Every value that is not a metric's figure or a single limit, by name."""


def unit_of(name: str) -> str | None:
    """Return the unit that a value's name ends with, or None."""
    word = name.rpartition(".")[2].rpartition("_")[2]
    return word if word in get_args(Unit) else None
