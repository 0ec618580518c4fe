"""The report interface: one self-contained page from finished results.

A report is one file with ``class XParams(ReportParams)`` and ``render(params, content) -> str``: a whole HTML document without
any external address, the same bytes for the same content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from enerqis.spec.base import Spec


class ReportParams(Spec):
    """Base of every report's Params; subclasses add the literal ``kind``."""


@dataclass(frozen=True)
class ReportContent:
    """Everything a report shows.

    Parameters
    ----------
    experiment : str
        Name, for the title.
    question : str
        The question the experiment asks: the comment under the first lines of its YAML; may be empty.
    bars : pyarrow.Table
        The bars of the universe, `enerqis.core.tables.BARS`.
    indicators : pyarrow.Table
        ts, symbol and one float column per declared indicator output, on the adjusted scale.
    orders, fills, equity, positions, targets, trades : pyarrow.Table
    benchmark : pyarrow.Table
        ts and equity of buy-and-hold.
    metrics : mapping of name to number
    quality : mapping
        The dataset's quality report (manifest: rows in, kept, rejected per rule, time range, sessions missing, sources).
    spec : mapping
        The resolved experiment.
    receipt : mapping
        The backtest's receipt.
    """

    experiment: str
    question: str
    bars: pa.Table
    indicators: pa.Table
    orders: pa.Table
    fills: pa.Table
    equity: pa.Table
    positions: pa.Table
    targets: pa.Table
    trades: pa.Table
    benchmark: pa.Table
    metrics: Mapping[str, float]
    quality: Mapping[str, Any]
    spec: Mapping[str, Any]
    receipt: Mapping[str, Any]
