"""Indicator series of a panel, tile by tile: each distinct one is computed once, whoever reads it."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from enerqis.core.errors import PluginError, StageError
from enerqis.engines.book import Floats, Ints
from enerqis.engines.dispatch import output_fields, step_types
from enerqis.engines.generate import indicator_kernel
from enerqis.interfaces.engine import Panel
from enerqis.interfaces.indicator import BAR_FIELDS, PRICE_FIELDS, IndicatorCall
from enerqis.io.plugins import PROJECT_PACKAGE


def indicator_module(kind: str) -> ModuleType:
    """Import the indicator `kind`, shipped or the project's.

    Raises
    ------
    PluginError
        If there is none.
    """
    for package in ("enerqis", PROJECT_PACKAGE):
        name = f"{package}.indicators.{kind}"
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as exc:
            if exc.name is None or not name.startswith(exc.name):
                raise
    raise PluginError(
        f"indicator '{kind}' is unknown: there is no enerqis/indicators/{kind}.py or plugins/indicators/{kind}.py"
    )


def growth(panel: Panel) -> Floats:
    """Return the product of split factors up to each row, of shape (n_bars, n_assets)."""
    factor: Floats = np.cumprod(panel.split_factor, axis=0, dtype=np.float64)
    return factor


def has_actions(panel: Panel) -> bool:
    """Return whether any split or dividend occurs."""
    return bool((panel.split_factor != 1.0).any() or (panel.dividend != 0.0).any())


class Grids(NamedTuple):
    """The tick of each asset's forward-adjusted prices, and until which row it holds.

    Where a product of split factors is not whole, prices leave the grid for good: series are summed in ticks before that row,
    compensated from it on. So the series of a row depends on the splits up to it alone.

    Parameters
    ----------
    first : ndarray of shape (n_assets,)
        Tick before the row; 0 = none.
    then : ndarray of shape (n_assets,)
        Tick from that row on: none where the grid is left.
    leaves : ndarray of shape (n_assets,)
        The first row off the grid; 0 where both ticks are the same.
    """

    first: Floats
    then: Floats
    leaves: Ints

    @property
    def last(self) -> int:
        """The row from which on every asset has its later tick; 0 where that is so from the start."""
        return int(self.leaves.max(initial=0))


def grids(panel: Panel, factor: Floats | None) -> Grids:
    """Return the grids of a panel whose split factors multiply up to `factor`; None = no split."""
    never = np.zeros(len(panel.symbols), dtype=np.int64)
    if factor is None:
        return Grids(panel.tick_size, panel.tick_size, never)
    is_off = factor != np.floor(factor)
    is_left = is_off.any(axis=0) & (panel.tick_size > 0.0)
    then: Floats = np.where(is_left, 0.0, panel.tick_size)
    return Grids(panel.tick_size, then, np.where(is_left, is_off.argmax(axis=0), never))


class Source(NamedTuple):
    """One input of an indicator: an array of the panel, and how splits change it (1 prices, -1 volume, 0 not)."""

    values: Floats
    power: int


def source(panel: Panel, name: str) -> Source:
    """Return the input called `name`.

    Raises
    ------
    StageError
        If it is neither a field of the bar nor a feature column.
    """
    if name in BAR_FIELDS:
        return Source(getattr(panel, name), 1 if name in PRICE_FIELDS else -1)
    if name in panel.features:
        return Source(panel.features[name], 0)
    allowed = ", ".join((*BAR_FIELDS, *sorted(panel.features)))
    raise StageError(f"source '{name}' is unknown. Allowed: {allowed}")


def adjusted(values: Source, factor: Floats | None, first: int, last: int) -> Floats:
    """Return rows `first` to `last` of a source on the forward-adjusted scale."""
    rows = values.values[first:last]
    if factor is None or values.power == 0:
        return rows
    return rows * factor[first:last] if values.power == 1 else rows / factor[first:last]


class Instance(NamedTuple):
    """One distinct series: where it is computed, with which numbers, in which memory, and its places in the output."""

    fill: Callable[..., None]
    sources: tuple[Source, ...]
    parameters: Floats
    memory: Floats
    places: Ints
    slots: slice


class SeriesSet:
    """All distinct series that some configurations read; keeps their state from tile to tile.

    Parameters
    ----------
    panel : Panel
    calls : iterable of IndicatorCall
        Repetitions are dropped.
    folder : Path
        Where generated modules are kept.
    is_compiled : bool
        With numba, or in plain Python.
    is_adjusted : bool, optional
        Whether splits or dividends occur, where that is known already.
    """

    def __init__(
        self,
        panel: Panel,
        calls: Iterable[IndicatorCall],
        folder: Path,
        *,
        is_compiled: bool = True,
        is_adjusted: bool | None = None,
    ) -> None:
        distinct = list(dict.fromkeys(calls))
        modules = {call.kind: indicator_module(call.kind) for call in distinct}
        generated = {
            kind: indicator_kernel(module, folder, is_compiled=is_compiled) for kind, module in modules.items()
        }
        self.factor = growth(panel) if (has_actions(panel) if is_adjusted is None else is_adjusted) else None
        self.grids = grids(panel, self.factor)
        self.assets = len(panel.symbols)
        self.slots: dict[IndicatorCall, slice] = {}
        self.suffixes: dict[IndicatorCall, tuple[str, ...]] = {}
        self.instances: list[Instance] = []
        self.on_grid: list[Instance] = []
        self.outputs = 0
        for call in distinct:
            fields = output_fields(modules[call.kind])
            width = max(1, len(fields))
            self.suffixes[call] = tuple(f"_{name}" for name in fields) or ("",)
            slots = slice(self.outputs, self.outputs + width)
            self.outputs += width
            self.slots[call] = slots
            made = (modules[call.kind], generated[call.kind], slots)
            self.instances.append(_instance(panel, call, self.grids.then, *made))
            if self.grids.last:
                self.on_grid.append(_instance(panel, call, self.grids.first, *made))

    def blocks(self, steps: Sequence[tuple[int, int]], room: Floats) -> list[Floats]:
        """Return places in `room` for all series of some tiles, arrays of shape (n_outputs, n_tile, n_assets)."""
        edges = np.cumsum([0, *(self.outputs * (last - first) * self.assets for first, last in steps)])
        shapes = [(self.outputs, last - first, self.assets) for first, last in steps]
        return [room[a:b].reshape(shape) for (a, b), shape in zip(itertools.pairwise(edges), shapes, strict=True)]

    def compute(
        self, steps: Sequence[tuple[int, int]], blocks: Sequence[Floats], *, instances: slice = slice(None)
    ) -> None:
        """Write some tiles of series; rows without a value are NaN.

        Parameters
        ----------
        steps : sequence of (first, last)
            Rows of each tile; tiles follow each other, also from call to call, and the first one begins where the series do.
        blocks : sequence of ndarray of shape (n_outputs, last - first, n_assets)
            Where they are written.
        instances : slice
            Which of the distinct series; each may be computed on one thread at a time.
        """
        for (first, last), block in zip(steps, blocks, strict=True):
            inputs = self._inputs(first, last)
            for number in range(len(self.instances))[instances]:
                part = _filled(self.instances[number], inputs, block)
                if first < self.grids.last:
                    before = _filled(self.on_grid[number], inputs, np.empty_like(block))
                    for asset, row in enumerate(self.grids.leaves):
                        rows = slice(0, max(0, row - first))
                        part[:, rows, asset] = before[:, rows, asset]

    def _inputs(self, first: int, last: int) -> Mapping[int, Floats]:
        """Return the adjusted rows of every source, each made once."""
        used = {id(each.values): each for instance in self.instances for each in instance.sources}
        return {key: adjusted(each, self.factor, first, last) for key, each in used.items()}


def _filled(instance: Instance, inputs: Mapping[int, Floats], block: Floats) -> Floats:
    """Write one series into its part of a block and return that part."""
    part = block[instance.slots]
    columns = [inputs[id(each.values)] for each in instance.sources]
    instance.fill(instance.parameters, instance.memory, instance.places, part, *columns)
    return part


def _instance(
    panel: Panel, call: IndicatorCall, ticks: Floats, module: ModuleType, generated: ModuleType, slots: slice
) -> Instance:
    """Return the series of one call with the state of each asset packed into one array."""
    params: Any = step_types(module)["p"]
    on_grid = all(name in PRICE_FIELDS for name in call.inputs)
    numbers = [value for _, value in call.arguments]
    rows = [params(*numbers, float(tick) if on_grid else 0.0) for tick in ticks]
    states = [module.initial_state(row) for row in rows]
    memory, places = packed(states, f"indicator {call.kind}")
    _check_elements(call.kind, generated.KEPT, states[0])
    sources = tuple(source(panel, name) for name in call.inputs)
    return Instance(generated.fill, sources, np.array(rows, dtype=float), memory, places, slots)


def _check_elements(kind: str, kept: Mapping[str, Sequence[int]], state: Any) -> None:
    """Refuse a state without the elements that the indicator's ``step`` names."""
    for field, indices in kept.items():
        size = getattr(state, field).size
        if max(indices) >= size:
            raise PluginError(
                f"indicator {kind}: step uses element {max(indices)} of '{field}', "
                f"but initial_state makes it of size {size}"
            )


def packed(states: list[Any], who: str) -> tuple[Floats, Ints]:
    """Return states, each a named tuple of arrays, as one flat array and where each array begins and ends in it.

    Raises
    ------
    PluginError
        If a state holds anything but one-dimensional float64 arrays.
    """
    arrays = [list(state) for state in states]
    for array in (each for state in arrays for each in state):
        if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype != np.float64:
            raise PluginError(f"{who}: initial_state must hold one-dimensional float64 arrays only")
    sizes = np.array([[0, *(each.size for each in state)] for state in arrays], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes.sum(axis=1))[:-1]])
    places: Ints = np.cumsum(sizes, axis=1) + starts[:, None]
    flat = [each for state in arrays for each in state]
    memory: Floats = np.concatenate(flat) if flat else np.zeros(0)
    return memory, places
