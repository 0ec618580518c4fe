"""The series a strategy declares, stepped bar by bar: the indicators' own ``step``, once for each bar that exists."""

from __future__ import annotations

import math
import typing
from collections import namedtuple
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from enerqis.engines.book import Floats
from enerqis.engines.dispatch import output_fields
from enerqis.engines.series import Source, grids, growth, has_actions, indicator_module, source
from enerqis.interfaces.engine import Panel
from enerqis.interfaces.indicator import PRICE_FIELDS, IndicatorCall


class Stepped(NamedTuple):
    """One declared series: its step, its inputs, numbers and state of each asset, its value before it has one."""

    step: Any
    sources: tuple[Source, ...]
    numbers: list[Any]
    states: list[Any]
    blank: Any


class Values:
    """Indicator values of one bar, of shape (n_series, n_assets), as a strategy takes them."""

    def __init__(self, named: Any, values: list[list[Any]]) -> None:
        self._named = named
        self._values = values

    def of_asset(self, asset: int) -> Any:
        """Return the values of one asset, by the strategy's names."""
        return self._named(*(row[asset] for row in self._values))

    def across(self) -> Any:
        """Return the values as arrays of shape (n_assets,), by the strategy's names."""
        return self._named(*(_columns(row) for row in self._values))


class Stepper:
    """Computes every declared series from the bars it is shown, one after another.

    Parameters
    ----------
    panel : Panel
        Read one row at a time, by `step`.
    calls : mapping of str to IndicatorCall
        By the strategy's name for each series.
    """

    def __init__(self, panel: Panel, calls: Mapping[str, IndicatorCall]) -> None:
        self._factor = growth(panel) if has_actions(panel) else None
        self._grids = grids(panel, self._factor)
        self._named: Any = namedtuple("ind", tuple(calls))  # type: ignore[misc]  # the strategy's names
        self._series = [_stepped(panel, call, self._grids.then) for call in calls.values()]
        first = calls.values() if self._grids.last else ()
        self._on_grid = [_stepped(panel, call, self._grids.first) for call in first]

    def step(self, row: int) -> Values:
        """Return the values at the close of `row`; a bar that is absent, or lacks an input, leaves the state as it is."""
        found = [self._step(each, row) for each in self._series]
        if row < self._grids.last:
            before = [self._step(each, row) for each in self._on_grid]
            for asset in np.flatnonzero(row < self._grids.leaves):
                for later, earlier in zip(found, before, strict=True):
                    later[asset] = earlier[asset]
        return Values(self._named, found)

    def _step(self, series: Stepped, row: int) -> list[Any]:
        inputs = [self._inputs(each, row) for each in series.sources]
        found = []
        for asset, (numbers, state) in enumerate(zip(series.numbers, series.states, strict=True)):
            values = [column[asset] for column in inputs]
            is_seen = all(value == value for value in values)
            found.append(series.step(numbers, state, *values) if is_seen else series.blank)
        return found

    def _inputs(self, each: Source, row: int) -> list[float]:
        """Return one source at `row` on the forward-adjusted scale."""
        values = each.values[row]
        if self._factor is not None and each.power:
            values = values * self._factor[row] if each.power > 0 else values / self._factor[row]
        listed: list[float] = values.tolist()
        return listed


def _stepped(panel: Panel, call: IndicatorCall, ticks: Floats) -> Stepped:
    """Return one series before its first bar."""
    module = indicator_module(call.kind)
    hints = typing.get_type_hints(module.step)
    is_on_grid = all(name in PRICE_FIELDS for name in call.inputs)
    numbers = [
        hints["p"](*(value for _, value in call.arguments), float(tick) if is_on_grid else 0.0) for tick in ticks
    ]
    outputs = len(output_fields(module))
    return Stepped(
        step=module.step,
        sources=tuple(source(panel, name) for name in call.inputs),
        numbers=numbers,
        states=[module.initial_state(each) for each in numbers],
        blank=hints["return"](*[math.nan] * outputs) if outputs else math.nan,
    )


def _columns(values: list[Any]) -> Any:
    """Return values of all assets as an array, or as a named tuple of arrays."""
    kind = type(values[0])
    if hasattr(kind, "_fields"):
        return kind(*(np.array(column) for column in zip(*values, strict=True)))
    return np.array(values)
