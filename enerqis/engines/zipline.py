"""The reference engine: zipline-reloaded behind the same interface as the kernel; the only door to zipline, with `reference/`.

Orders live on zipline's blotter, fill through its slippage and commission models, and its ledger keeps cash and positions. The
strategy, the limits and the sizing are the same functions that the kernel is made from, called bar by bar as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from enerqis.core.errors import StageError
from enerqis.engines.refusing import impossible
from enerqis.interfaces.engine import BacktestResult, Job
from enerqis.interfaces.strategy import is_algorithm
from enerqis.spec.execution import Execution

ENGINE_VERSION = "4"
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
    "limit_fill": ("touch", "through"),
    "last_bar": ("hold", "close"),
}
"""Choices of the execution spec that this engine honours."""

NUMBERS: tuple[str, ...] = (
    "engine",
    "initial_cash",
    "currency",
    "keep_commission",
    "band_fraction",
    "lot_step",
    "latency_bars",
    "latency_distribution",
    "allow_short",
    "initial_margin_fraction",
    "maintenance_margin_fraction",
    "contract_multiplier",
    "delisted_after_days",
)
"""Keys of the execution spec without a list of choices that this engine honours."""


def refuse(job: Job) -> list[str]:
    """Return one sentence for each thing that the job asks and this engine cannot do."""
    found = [*_refused_knobs(job.execution), *impossible(job)]
    if hasattr(job.strategy.module, "before_trading_start"):
        found.append(
            "strategy: before_trading_start is not called, as zipline's daily mode shows it the bar that is yet to come. "
            "Do its work in handle_data, after the bar before"
        )
    if job.span is not None and is_algorithm(job.strategy.module):
        found.append("strategy: a plain zipline algorithm runs over all rows, no part of them with a warm-up before it")
    return found


def _refused_knobs(execution: Execution) -> Iterator[str]:
    """Yield what the execution spec asks in vain: an unknown choice, or a key this engine has never heard of."""
    for name, allowed in SUPPORTS.items():
        value = getattr(execution, name)
        if value not in allowed:
            yield f"execution.{name}: the engine zipline does not support '{value}'. Allowed: {', '.join(allowed)}"
    for name, field in type(execution).model_fields.items():
        if name not in (*SUPPORTS, *NUMBERS) and getattr(execution, name) != field.default:
            yield f"execution.{name}: the engine zipline does not support it. Leave it at {field.default!r}"


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
