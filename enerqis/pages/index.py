"""The page that links all experiments of a project side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from enerqis.pages import formatting
from enerqis.pages.gates import GatesLine
from enerqis.pages.record import Record
from enerqis.pages.sweeps import SweepView
from enerqis.pages.templating import fill

DATA_FILES = (
    "templates/index.html.j2",
    "templates/base.css",
    "templates/index.css",
    "templates/theme.js",
    "templates/index.js",
)
STYLES = ("base.css", "index.css")
SCRIPTS = ("theme.js", "index.js")
COLUMNS = (
    ("annual_return_fraction", "Annual return"),
    ("benchmark_annual_return_fraction", "Buy and hold"),
    ("annual_volatility_fraction", "Volatility"),
    ("sharpe_ratio", "Sharpe ratio"),
    ("max_drawdown_fraction", "Worst fall"),
    ("time_in_market_fraction", "In the market"),
    ("trades_count", "Trades"),
    ("costs_bps", "Costs"),
)
"""Figures shown, by their key, in order."""
ON_A_PHONE = ("annual_return_fraction", "sharpe_ratio", "max_drawdown_fraction")
"""Those that a narrow screen keeps; the reports hold all."""
IN_ALL = {
    "annual_return_fraction": "total_return_fraction",
    "benchmark_annual_return_fraction": "benchmark_total_return_fraction",
}
"""Returns in all, which stand in the place of returns a year where the record is less than a year."""
WIDTH, HEIGHT = 120, 28


@dataclass(frozen=True)
class IndexRow:
    """One experiment.

    Parameters
    ----------
    experiment : str
        Name.
    link : str
        Its page, relative to the index page.
    dataset, strategy : str
        What it ran on, and the kind that ran.
    run_id : str
        Stage id of its backtest.
    metrics : mapping of name to number
        As in ``data/metrics/EXPERIMENT.json``.
    parity : str
        How it stands with the other engine: a word, as `enerqis.pages.parity.word` gives it.
    gates : GatesLine
        What the gates of acceptance say of it.
    record : Record or None
        From when to when it ran; None where the period holds no bar.
    equity, benchmark : sequence of float
        Two series of one length for a small picture, as in ``data/metrics/EXPERIMENT/equity.csv``; may be empty.
    """

    experiment: str
    link: str
    dataset: str
    strategy: str
    run_id: str
    metrics: Mapping[str, float]
    parity: str
    gates: GatesLine
    record: Record | None
    equity: Sequence[float]
    benchmark: Sequence[float]


class _Cell(NamedTuple):
    """A figure as text and, for sorting, as the number it is ("" sorts last); on a narrow screen only if `is_main`."""

    text: str
    number: str
    is_main: bool
    note: str


class _Heading(NamedTuple):
    """A column's title; on a narrow screen only if `is_main`."""

    title: str
    is_main: bool


def render_index(rows: Sequence[IndexRow], sweeps: Sequence[SweepView] = ()) -> str:
    """Return the whole HTML document: one line an experiment, in the order given, sortable by any column; then the sweeps."""
    shown = [
        {
            "row": row,
            "cells": [_cell(key, row) for key, _ in COLUMNS],
            "run": _path(row.equity, row.equity, row.benchmark),
            "held": _path(row.benchmark, row.equity, row.benchmark),
        }
        for row in rows
    ]
    return fill(
        "index.html.j2",
        styles=STYLES,
        scripts=SCRIPTS,
        rows=shown,
        sweeps=sweeps,
        headings=[_Heading(title, key in ON_A_PHONE) for key, title in COLUMNS],
        width=WIDTH,
        height=HEIGHT,
    )


def _cell(key: str, row: IndexRow) -> _Cell:
    """Return a figure of an experiment; of a record of less than a year its returns are in all, say so and sort last."""
    is_stretched = key in IN_ALL and row.record is not None and row.record.is_short
    shown = IN_ALL[key] if is_stretched else key
    value, is_main, note = row.metrics.get(shown), key in ON_A_PHONE, "in all" if is_stretched else ""
    if value is None:
        return _Cell(formatting.NONE, "", is_main, "")
    return _Cell(formatting.figure(shown, value), "" if is_stretched else repr(float(value)), is_main, note)


def _path(values: Sequence[float], *all_values: Sequence[float]) -> str:
    """Return an SVG path through `values`, on the scale of all of them."""
    together = [each for series in all_values for each in series]
    if len(values) < 2:
        return ""
    low, high = min(together), max(together)
    span = (high - low) or 1.0
    points = (
        f"{1 + i * (WIDTH - 2) / (len(values) - 1):.1f} {1 + (high - value) / span * (HEIGHT - 2):.1f}"
        for i, value in enumerate(values)
    )
    return "M" + "L".join(points)
