"""The same strategy in a harder world: costs twice as high, fills one bar later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from enerqis.core.errors import StageError
from enerqis.interfaces.engine import Job
from enerqis.interfaces.metric import Evidence, Floats
from enerqis.quant.columns import integers
from enerqis.quant.cost_stress import break_even_multiple, charged, cost_shares
from enerqis.quant.returns import growth
from enerqis.validation.ground import Ground
from enerqis.validation.record import named_figures

COST_MULTIPLES = (0.0, 2.0, 3.0)


def stress_tree(job: Job, evidence: Evidence, ground: Ground) -> dict[str, Any]:
    """Return the figures of the run as it is, at other costs, and with every fill one bar later.

    Returns
    -------
    dict
        ``cases`` by name, null with a reason under ``refused`` where the engine cannot run one;
        ``break_even_cost_multiple``: null where nothing was paid, or it loses without costs.
    """
    per_year = evidence.sessions_per_year
    shares = _shares(evidence, ground)
    cases: dict[str, Any] = {"as_recorded": named_figures(evidence.returns, per_year=per_year)}
    for multiple in COST_MULTIPLES:
        returns = charged(evidence.returns, shares, times=multiple - 1.0)
        cases[f"costs_x{multiple:g}"] = named_figures(returns, per_year=per_year)
    refused = {}
    try:
        late = _later(job)
        cases["fills_one_bar_later"] = named_figures(
            ground.returns(ground.run_variant(late).equity, late)[1], per_year=per_year
        )
    except StageError as exc:
        cases["fills_one_bar_later"], refused["fills_one_bar_later"] = None, str(exc)
    return {
        "cases": cases,
        "refused": refused,
        "break_even_cost_multiple": break_even_multiple(evidence.returns, shares),
    }


def _later(job: Job) -> Job:
    """Return the job with every order waiting one more bar."""
    bars = job.execution.latency_bars + 1
    return replace(job, execution=job.execution.model_copy(update={"latency_bars": bars}))


def _shares(evidence: Evidence, ground: Ground) -> Floats:
    """Return what was paid in each session, as a share of the equity before it."""
    fills = evidence.fills
    paid = fills.column("commission").to_numpy() + fills.column("slippage").to_numpy()
    before = evidence.initial_cash * np.concatenate(([1.0], growth(evidence.returns)[:-1]))
    sessions = ground.sessions_at(integers(fills, "bar_ts"))
    return cost_shares(evidence.sessions, paid_sessions=sessions, paid=paid, before=before)
