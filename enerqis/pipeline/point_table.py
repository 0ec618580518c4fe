"""The table of a sweep: a row a point, its parameters as columns beside what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from enerqis.core.tables import POINTS
from enerqis.engines.batching import Ran
from enerqis.engines.book import Floats
from enerqis.io.arrow import floats, integers, strings
from enerqis.quant.return_moments import moments_from_sums

POINTS_TABLE = "points.parquet"
FINISHED, FAILED = "finished", "failed"
SIGNATURE = "signature"
FIGURES: tuple[str, ...] = tuple(POINTS.names[POINTS.get_field_index("bars_count") : POINTS.get_field_index(SIGNATURE)])
"""Columns of numbers that running a point gives."""

COUNTS = ("bars_count", "fills_count")

OBJECTIVES: Mapping[str, str] = {
    "sharpe": "sharpe_per_bar_ratio",
    "total_return": "total_return_fraction",
    "final_equity": "final_equity",
    "max_drawdown": "max_drawdown_fraction",
    "turnover": "turnover_ratio",
    "costs": "costs_amount",
    "exposure": "exposure_fraction",
}
"""Column of each objective of a search."""

CHUNK = pa.schema(
    [
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("error", pa.string(), nullable=False),
        pa.field(SIGNATURE, pa.string(), nullable=False),
        *(pa.field(name, pa.float64(), nullable=False) for name in FIGURES),
    ]
)
"""Columns of a finished part of a sweep."""


def figures(ran: Ran, *, bars: Floats, initial_cash: Floats, bars_per_year: Floats) -> Floats:
    """Return what running some points gave, of shape (n_points, n_figures), in the order of `FIGURES`.

    Parameters
    ----------
    ran : Ran
    bars : ndarray of shape (n_points,)
        Bars that each ran over.
    initial_cash, bars_per_year : ndarray of shape (n_points,)
        Account currency; the factor whose root annualises a Sharpe ratio per bar.
    """
    result = ran.result
    found = _moments(result.moments, bars, bars_per_year)
    columns = {
        "bars_count": bars,
        "bars_per_year": bars_per_year,
        "final_equity": result.final_equity,
        "total_return_fraction": result.final_equity / initial_cash - 1.0,
        "max_drawdown_fraction": result.max_drawdown,
        "sharpe_per_bar_ratio": result.sharpe,
        "sharpe_annual_ratio": result.sharpe * np.sqrt(bars_per_year),
        "mean_return_fraction": found[:, 0],
        "return_deviation_fraction": found[:, 1],
        "skewness": found[:, 2],
        "kurtosis": found[:, 3],
        "fills_count": result.fills,
        "exposure_fraction": result.exposure,
        "turnover_ratio": result.turnover,
        "costs_amount": result.costs,
    }
    return np.column_stack([np.asarray(columns[name], dtype=np.float64) for name in FIGURES])


def _moments(sums: Floats, bars: Floats, bars_per_year: Floats) -> Floats:
    """Return mean, deviation, skew and kurtosis of each point; NaN where there are fewer than two returns."""
    found = np.full((len(bars), 4), np.nan)
    for count, per_year in {(int(each), float(factor)) for each, factor in zip(bars, bars_per_year, strict=True)}:
        if count > 2:
            rows = np.flatnonzero((bars == count) & (bars_per_year == per_year))
            for row, each in zip(
                rows, moments_from_sums(sums[rows], count=count - 1, periods_per_year=per_year), strict=True
            ):
                found[row] = each[1:5]
    return found


def blank(count: int) -> Floats:
    """Return the figures of points that were not run: counts are 0, the rest is NaN."""
    rows = np.full((count, len(FIGURES)), np.nan)
    rows[:, [FIGURES.index(name) for name in COUNTS]] = 0.0
    return rows


def chunk_table(run_ids: Sequence[str], errors: Sequence[str], signatures: Sequence[str], rows: Floats) -> pa.Table:
    """Return a finished part of a sweep as a table."""
    columns = [strings(run_ids), strings(errors), strings(signatures), *(floats(column) for column in rows.T)]
    return pa.Table.from_arrays(columns, schema=CHUNK)


def chunk_rows(table: pa.Table) -> tuple[list[str], list[str], Floats]:
    """Return the errors, the signatures and the figures that a finished part holds."""
    rows = np.column_stack([table.column(name).to_numpy() for name in FIGURES])
    return table.column("error").to_pylist(), table.column(SIGNATURE).to_pylist(), rows


class Named(Protocol):
    """A point as a sweep takes it down, see `enerqis.pipeline.evaluating.Entry`."""

    values: dict[str, Any]
    fraction: float
    run_id: str
    trial: str
    content: str
    strategy_kind: str
    error: str
    signature: str
    same_as: int


def point_table(points: Sequence[Named], rows: Floats) -> pa.Table:
    """Return the table of a sweep: `enerqis.core.tables.POINTS`, the parameters after the number of the point.

    Parameters
    ----------
    points : sequence of Named
    rows : ndarray of shape (n_points, n_figures)
        In the order of `FIGURES`.
    """
    given: dict[str, pa.Array] = {
        "point": integers(np.arange(len(points))),
        **{
            name: strings([getattr(each, name) for each in points])
            for name in ("run_id", "trial", "content", "strategy_kind", "error", SIGNATURE)
        },
        "status": strings([FAILED if each.error else FINISHED for each in points]),
        "same_as": integers(np.array([each.same_as for each in points], dtype=np.int64)),
        "bars_fraction": floats(np.array([each.fraction for each in points])),
    }
    for name, column in zip(FIGURES, rows.T, strict=True):
        given[name] = integers(column.astype(np.int64)) if name in COUNTS else floats(column)
    values = [each.values for each in points]
    parameters = {key: _column([each.get(key) for each in values]) for key in _keys(values)}
    first, *rest = POINTS
    fields = [first, *(pa.field(key, each.type) for key, each in parameters.items()), *rest]
    columns = [given[first.name], *parameters.values(), *(given[each.name] for each in rest)]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def figures_of(table: pa.Table) -> Floats:
    """Return the figures that a table of points holds, of shape (n_points, n_figures)."""
    return np.column_stack([table.column(name).to_numpy().astype(np.float64) for name in FIGURES])


def parameter_names(table: pa.Table) -> list[str]:
    """Return the names of a sweep's parameters, in order."""
    return [name for name in table.column_names if name not in POINTS.names]


def _keys(values: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for each in values for key in each))


def _column(values: list[Any]) -> pa.Array:
    """Return one parameter as a column of its type; values of several types, and lists, as JSON text."""
    sorts = {type(each) for each in values}
    if sorts == {int}:
        return integers(np.array(values, dtype=np.int64))
    if sorts <= {int, float}:
        return floats(np.array(values, dtype=np.float64))
    if sorts == {bool}:
        return pa.array(values, pa.bool_())
    return strings([each if isinstance(each, str) else json.dumps(each) for each in values])
