"""The reference engine: zipline-reloaded behind the same interface as the kernel; the only door to zipline, with `reference/`.

Orders live on zipline's blotter, fill through its slippage and commission models, and its ledger keeps cash and positions. The
strategy, the limits and the sizing are the same functions that the kernel is made from, called bar by bar as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from enerqis.core.errors import StageError
from enerqis.interfaces.engine import BacktestResult, Job

ENGINE_VERSION = "1"
"""Raised whenever the same inputs could give other results."""

SUPPORTS: Mapping[str, tuple[str, ...]] = {
    "fill_price": ("next_open", "next_close"),
    "size_at": ("decision", "fill"),
    "rebalance": ("on_change", "every_bar", "band"),
    "lot_rounding": ("down", "nearest"),
    "order_sequence": ("sells_first", "symbol_order"),
    "cash_shortfall": ("reduce", "reject", "allow"),
    "intrabar_order": ("stop_first", "take_profit_first"),
    "stop_active_from": ("fill_bar", "next_bar"),
    "last_bar": ("hold", "close"),
}
"""Choices of the execution spec that this engine honours."""


def refuse(job: Job) -> list[str]:
    """Return one sentence for each thing that the job asks and this engine cannot do."""
    found = [
        f"execution.{name}: the engine zipline does not support '{value}'. Allowed: {', '.join(allowed)}"
        for name, allowed in SUPPORTS.items()
        if (value := getattr(job.execution, name)) not in allowed
    ]
    if job.panel.ts.size == 0:
        found.append("the universe has no bars")
    return found


def backtest(job: Job, *, cache_folder: Path) -> BacktestResult:
    """Run one job.

    Parameters
    ----------
    job : Job
    cache_folder : Path
        Not used: nothing is generated.

    Raises
    ------
    StageError
        If the engine must refuse the job, or the strategy decides what it cannot trade.
    """
    refused = refuse(job)
    if refused:
        raise StageError("\n".join(refused))
    from enerqis.engines.reference.upstream import silenced

    with silenced():
        from enerqis.engines.reference.simulation import simulate

        return simulate(job)
