"""How many fills were priced by a stand-in, because their bars lack what the slippage is made of. Not part of a kernel."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from enerqis.engines.conditions import conditions, volatility_bars
from enerqis.engines.series import growth, has_actions
from enerqis.interfaces.cost import Market
from enerqis.interfaces.engine import Job
from enerqis.quant.columns import integers


def stand_ins(job: Job, fills: pa.Table) -> int | None:
    """Return how many of a run's fills paid the slippage's stand-in; None where the kind has none.

    Parameters
    ----------
    job : Job
    fills : pyarrow.Table
        `enerqis.core.tables.FILLS`.
    """
    module, params, panel = job.slippage.module, job.slippage.params, job.panel
    if not hasattr(module, "is_stand_in"):
        return None
    factor = growth(panel) if has_actions(panel) else None
    seen = conditions(panel, factor, volatility_bars=volatility_bars(job))
    rows = np.searchsorted(panel.ts, integers(fills, "bar_ts")).tolist()
    assets = [panel.symbols.index(symbol) for symbol in fills.column("symbol").to_pylist()]
    markets = (Market(*(float(each[row, a]) for each in seen)) for row, a in zip(rows, assets, strict=True))
    return sum(bool(module.is_stand_in(params, market)) for market in markets)
