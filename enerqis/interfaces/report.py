"""The report interface: one self-contained page from finished results.

A report is one file with ``class XParams(ReportParams)`` and ``render(params, content) -> str``: a whole HTML document without
any external address, the same bytes for the same content. The parts that pages are made of stand in `enerqis.pages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from enerqis.interfaces.metric import Evidence
from enerqis.quant.trial_count import TrialCount
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
        The bars of the universe and period, `enerqis.core.tables.BARS`.
    indicators : pyarrow.Table
        ts, symbol and one float column per declared indicator output, on the adjusted scale; NaN or null = not warm yet.
    evidence : Evidence
        Equity, fills, orders, round trips, benchmark and returns per session.
    metrics : mapping of name to number
        As `enerqis.interfaces.metric.figures` gives them.
    quality : mapping
        The dataset's manifest as JSON.
    spec : mapping
        The resolved experiment as JSON.
    receipt : mapping
        The backtest's receipt.
    currency : str
        Of the account.
    parity : mapping
        What holding the run against the other engine gave, as the stage `parity` writes it; empty = not held.
    trials : TrialCount or None
        Trials on the same dataset content, this one included; None = not counted.
    validation : mapping
        As the stage `validate` writes it; empty = not validated.
    paths : pyarrow.Table or None
        `enerqis.core.tables.PATHS` of its cross-validation; None = it has none.
    """

    experiment: str
    question: str
    bars: pa.Table
    indicators: pa.Table
    evidence: Evidence
    metrics: Mapping[str, float]
    quality: Mapping[str, Any]
    spec: Mapping[str, Any]
    receipt: Mapping[str, Any]
    currency: str
    parity: Mapping[str, Any] = field(default_factory=dict)
    trials: TrialCount | None = None
    validation: Mapping[str, Any] = field(default_factory=dict)
    paths: pa.Table | None = None


class Report(Protocol):
    """The module of a report's kind."""

    def render(self, params: Any, content: ReportContent) -> str:
        """Return the whole page."""
