"""What trading took, symbol by symbol."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.units import BPS
from enerqis.quant.moments import quotient
from enerqis.quant.trades import traded_notional

MAX_ROWS = 25
OTHERS = "all others"


class CostRow(NamedTuple):
    """Costs of one symbol; amounts in the account's currency, `share` of all costs."""

    symbol: str
    fills: int
    traded: float
    commission: float
    slippage: float
    total: float
    bps: float
    share: float


def cost_rows(fills: pa.Table, *, contract_multiplier: float) -> tuple[list[CostRow], CostRow]:
    """Return costs by symbol, dearest first, and their total.

    Parameters
    ----------
    fills : pyarrow.Table
        `enerqis.core.tables.FILLS`.
    contract_multiplier : float
        Account currency per point of price and unit.

    Returns
    -------
    list of CostRow
        One a symbol; symbols beyond the first 25 in one row.
    CostRow
        All of them.
    """
    whole = _row("all", fills, contract_multiplier, np.nan)
    symbols = sorted(pc.unique(fills.column("symbol")).to_pylist())
    rows = [
        _row(symbol, fills.filter(pc.equal(fills.column("symbol"), symbol)), contract_multiplier, whole.total)
        for symbol in symbols
    ]
    rows.sort(key=lambda row: (-row.total, row.symbol))
    if len(rows) > MAX_ROWS:
        named = pa.array([row.symbol for row in rows[:MAX_ROWS]])
        rest = fills.filter(pc.invert(pc.is_in(fills.column("symbol"), value_set=named)))
        rows = [*rows[:MAX_ROWS], _row(OTHERS, rest, contract_multiplier, whole.total)]
    return rows, whole


def _row(symbol: str, fills: pa.Table, multiplier: float, all_costs: float) -> CostRow:
    commission = float(fills.column("commission").to_numpy().sum())
    slippage = float(fills.column("slippage").to_numpy().sum())
    traded = traded_notional(fills, contract_multiplier=multiplier)
    total = commission + slippage
    return CostRow(
        symbol=symbol,
        fills=fills.num_rows,
        traded=traded,
        commission=commission,
        slippage=slippage,
        total=total,
        bps=quotient(total, traded) / BPS,
        share=quotient(total, all_costs),
    )
