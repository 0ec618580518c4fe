"""From jobs to what a kernel takes: the parts it is generated from, its flags, and one row of numbers a configuration."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel

from enerqis.core.errors import StageError
from enerqis.engines.book import Floats
from enerqis.engines.conditions import volatility_bars
from enerqis.engines.dispatch import hook_of
from enerqis.engines.fields import Fields, fields_of, values_of
from enerqis.engines.generate import Parts
from enerqis.engines.holding import settlement_hours
from enerqis.engines.series import has_actions, indicator_module
from enerqis.engines.structure import Structure
from enerqis.interfaces.engine import Job, Panel, Plugged
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Decision, hold, is_algorithm, protect, series_of
from enerqis.spec.execution import Execution

NOTHING = Fields((), ())
"""The numbers of a carry that is none."""

Calls = dict[str, IndicatorCall]
"""The series that a strategy looks at, by its names for them."""


def calls_of(job: Job) -> Calls:
    """Return the series that the job's strategy looks at."""
    return series_of(job.strategy.module, job.strategy.params)


class PanelFacts(NamedTuple):
    """What the bars of a panel ask of a kernel; found once for all configurations that run over it."""

    is_ragged: bool
    has_actions: bool
    checks_opening: bool


def facts_of(panel: Panel) -> PanelFacts:
    """Return what the bars of `panel` ask of a kernel."""
    return PanelFacts(
        is_ragged=len(panel.symbols) > 1 or bool(np.isnan(panel.close).any()),
        has_actions=has_actions(panel),
        checks_opening=opens_early(panel),
    )


def opens_early(panel: Panel) -> bool:
    """Return whether any bar opens before the row before it has closed."""
    before = panel.ts_open[1:] < panel.ts[:-1, None]
    return bool(before.any() and (before & (panel.ts_open[1:] >= 0)).any())


@functools.cache
def speaks_prices(module: ModuleType) -> bool:
    """Return whether a strategy's decisions can hold prices: true unless every one of them is proven to come from ``hold``."""
    return not decides_only_by(module, frozenset({hold}))


@functools.cache
def prices_orders(module: ModuleType) -> bool:
    """Return whether decisions can hold a limit or a stop: true unless all are proven to come from ``hold`` or ``protect``.

    A cross-sectional strategy writes targets only.
    """
    if getattr(module, "SHAPE", "") == "cross_sectional" or is_algorithm(module):
        return False
    return not decides_only_by(module, frozenset({hold, protect}))


def decides_only_by(module: ModuleType, makers: frozenset[Callable[..., Decision]]) -> bool:
    """Return whether every decision of a strategy is proven to come from one of `makers`."""
    on_bar = getattr(module, "on_bar", None)
    return on_bar is not None and returns_of(on_bar, makers, frozenset())


def returns_of(
    function: FunctionType, makers: frozenset[Callable[..., Decision]], seen: frozenset[FunctionType]
) -> bool:
    """Return whether each value that `function` returns is a call of one of `makers`, or of a function of which that holds.

    Parameters
    ----------
    function : function
    makers : frozenset of function
    seen : frozenset of function
        Those that led here; one that leads to itself proves nothing.
    """
    if function in makers:
        return True
    if function in seen:
        return False
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    returned = [each.value for each in ast.walk(tree) if isinstance(each, ast.Return)]
    return all(value is None or is_made(value, function, makers, seen | {function}) for value in returned)


def is_made(
    value: ast.expr, function: FunctionType, makers: frozenset[Callable[..., Decision]], seen: frozenset[FunctionType]
) -> bool:
    """Return whether an expression of `function` is a decision of `makers`, whatever its branch and under whatever name."""
    if isinstance(value, ast.IfExp):
        return all(is_made(branch, function, makers, seen) for branch in (value.body, value.orelse))
    if not isinstance(value, ast.Call):
        return False
    called: object = None
    if isinstance(value.func, ast.Name):
        called = function.__globals__.get(value.func.id)
    elif isinstance(value.func, ast.Attribute) and isinstance(value.func.value, ast.Name):
        called = getattr(function.__globals__.get(value.func.value.id), value.func.attr, None)
    return isinstance(called, FunctionType) and returns_of(called, makers, seen)


@functools.cache
def names_read(function: FunctionType) -> frozenset[str]:
    """Return the names that a function's body mentions: an argument that is not among them cannot matter."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return frozenset(each.id for each in ast.walk(tree) if isinstance(each, ast.Name))


def reads_bar(module: ModuleType) -> bool:
    """Return whether a per-asset strategy looks at the bar, which is the third argument of its ``on_bar``."""
    return module.on_bar.__code__.co_varnames[2] in names_read(module.on_bar)


def carries(job: Job) -> bool:
    """Return whether holding may cost something: false for a carry whose functions return constants."""
    if job.carry is None:
        return False
    module = job.carry.module
    return bool(names_read(module.holding_cost) | names_read(module.cash_cost))


def structure_of(job: Job, facts: PanelFacts, *, record: bool) -> Structure:
    """Return the facts that a kernel for this job fixes."""
    execution = job.execution
    is_across = getattr(job.strategy.module, "SHAPE", "") == "cross_sectional"
    hooks = {hook_of(plugged.module) for plugged in job.limits.values()}
    fills_in_parts = hasattr(job.slippage.module, "fillable")
    return Structure(
        many=facts.is_ragged or is_across,
        record=record,
        cross_sectional=is_across,
        speaks_prices=speaks_prices(job.strategy.module),
        prices_orders=prices_orders(job.strategy.module),
        rests=prices_orders(job.strategy.module) or fills_in_parts,
        has_actions=facts.has_actions,
        checks_opening=facts.checks_opening,
        reads_market=fills_in_parts or "market" in names_read(job.slippage.module.fill_price),
        carries=carries(job),
        keeps_margin=execution.maintenance_margin_fraction > 0.0,
        reads_size="units" in names_read(job.slippage.module.fill_price),
        fills_in_parts=fills_in_parts,
        fills_at_open=execution.fill_price == "next_open",
        sizes_at_fill=execution.size_at == "fill",
        keeps_commission=execution.keep_commission,
        rebalances_always=execution.rebalance == "every_bar",
        rebalances_in_band=execution.rebalance == "band",
        has_lots=execution.lot_step > 0.0,
        rounds_to_nearest=execution.lot_rounding == "nearest",
        sells_first=execution.order_sequence == "sells_first",
        reduces_shortfall=execution.cash_shortfall == "reduce",
        rejects_shortfall=execution.cash_shortfall == "reject",
        stops_first=execution.intrabar_order == "stop_first",
        stops_on_fill_bar=execution.stop_active_from == "fill_bar",
        fills_on_touch=execution.limit_fill == "touch",
        draws_latency=len(execution.latency_distribution) > 1,
        has_latency=execution.max_latency_bars > 0,
        allows_short=execution.allow_short,
        closes_last=execution.last_bar == "close",
        limits_target="limit_target" in hooks,
        limits_scale="limit_scale" in hooks,
        limits_held="limit_held" in hooks,
        limits_stop="stop_price" in hooks,
        limits_profit="profit_price" in hooks,
        limits_exit="exit_bar" in hooks,
        limits_equity="limit_equity" in hooks,
    )


class Described:
    """Finds the numeric fields of parameters, once for each object: many configurations share theirs."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[BaseModel, Fields]] = {}

    def fields(self, plugged: Plugged) -> Fields:
        """Return the fields of a plug-in's parameters."""
        found = self._known.get(id(plugged.params))
        if found is None:
            found = self._known[id(plugged.params)] = (plugged.params, fields_of(plugged.params))
        return found[1]


def parts_of(
    job: Job, limits: Mapping[str, Plugged], facts: PanelFacts, described: Described, calls: Calls, *, record: bool
) -> Parts:
    """Return what a kernel that knows `limits` is made of; those of the job are on."""
    numbered = {"commission": job.commission, "slippage": job.slippage, "strategy": job.strategy, "carry": job.carry}
    return Parts(
        strategy=job.strategy.module,
        commission=job.commission.module,
        slippage=job.slippage.module,
        carry=job.carry.module if job.carry else None,
        indicators={name: indicator_module(call.kind) for name, call in calls.items()},
        limits={kind: plugged.module for kind, plugged in sorted(limits.items())},
        numbers={name: described.fields(plugged) if plugged else NOTHING for name, plugged in numbered.items()},
        limit_numbers={kind: described.fields(plugged) for kind, plugged in sorted(limits.items())},
        structure=structure_of(job, facts, record=record),
        limits_on=frozenset(job.limits),
    )


def head_numbers(execution: Execution) -> list[float]:
    """Return the numbers of the execution spec, in the order of `generate.HEAD`."""
    return [
        execution.initial_cash,
        execution.band_fraction,
        execution.lot_step,
        execution.initial_margin_fraction,
        execution.maintenance_margin_fraction,
        execution.contract_multiplier,
        float(execution.max_latency_bars),
    ]


def number_row(job: Job, parts: Parts, limits: Mapping[str, Plugged]) -> list[float | None]:
    """Return every run-time number of one configuration; None where one is absent."""
    row: list[float | None] = [*head_numbers(job.execution)]
    for name, fields in parts.numbers.items():
        plugged = getattr(job, name)
        row += values_of(plugged.params, fields) if plugged else []
    for kind, fields in parts.limit_numbers.items():
        row += values_of(job.limits.get(kind, limits[kind]).params, fields)
    return row


def number_rows(jobs: Sequence[Job], parts: Parts, limits: Mapping[str, Plugged]) -> Floats:
    """Return the numbers of all configurations, of shape (n_configs, n_numbers); NaN where one is absent."""
    return np.array([number_row(job, parts, limits) for job in jobs], dtype=np.float64)


def drawn_latency(job: Job) -> tuple[object, ...]:
    """Return what a drawn latency comes from; nothing where none is drawn."""
    execution = job.execution
    return (job.seed, execution.latency_bars, execution.latency_distribution) if execution.latency_distribution else ()


def shared(job: Job) -> dict[str, object]:
    """Return the numbers that all configurations of a batch must have in common."""
    return {
        "drawn latency": drawn_latency(job),
        "delisted_after_days": job.execution.delisted_after_days,
        "rows": job.rows,
        "marks": job.marks,
        "carry's settlement_hours_utc": settlement_hours(job),
        "slippage's volatility_bars": volatility_bars(job),
    }


def looks(job: Job, calls: Calls) -> tuple[object, ...]:
    """Return something that, where it is equal for two jobs over one panel, leaves them alike in all but numbers.

    It is cheaper than their parts, and stricter: execution, slippage and carry are compared whole, other parameters by type.
    """
    plugged = (job.strategy, job.commission, job.slippage, job.carry, *job.limits.values())
    return (
        tuple(each and each.module for each in plugged),
        tuple(each and tuple(map(type, vars(each.params).values())) for each in plugged),
        tuple(job.limits),
        tuple((name, call.kind) for name, call in calls.items()),
        *(tuple(vars(params).values()) for params in (job.execution, job.slippage.params)),
        job.carry and tuple(vars(job.carry.params).values()),
        job.rows,
        job.marks,
        job.seed,
    )


def check_alike(
    jobs: Sequence[Job], calls: Sequence[Calls], facts: PanelFacts, described: Described, *, record: bool
) -> None:
    """Refuse a batch whose configurations differ in more than numbers.

    Raises
    ------
    StageError
        Naming the first configuration that differs, and in what.
    """
    first = jobs[0]
    parts = parts_of(first, first.limits, facts, described, calls[0], record=record)
    alike = {looks(first, calls[0])}
    for position, job in enumerate(jobs[1:], start=1):
        if job.panel is not first.panel:
            raise StageError(
                f"configuration {position} of a batch runs over another panel. Run it in a batch of its own."
            )
        look = looks(job, calls[position])
        if look not in alike:
            other = parts_of(job, job.limits, facts, described, calls[position], record=record)
            _check_shared(position, shared(job), shared(first))
            _check_parts(position, other, parts)
            alike.add(look)


def _check_shared(position: int, own: Mapping[str, object], first: Mapping[str, object]) -> None:
    """Refuse a configuration that differs in what a batch has in common."""
    for name, value in own.items():
        if value != first[name]:
            raise StageError(
                f"configuration {position} of a batch differs from the first in its {name}. "
                "Run it in a batch of its own."
            )


def _check_parts(position: int, own: Parts, first: Parts) -> None:
    """Refuse a configuration that differs in more than numbers."""
    for name in first._fields:
        if getattr(own, name) != getattr(first, name):
            raise StageError(
                f"configuration {position} of a batch differs from the first in its {name}: "
                "a batch shares everything but numbers. Run them in batches of their own."
            )
