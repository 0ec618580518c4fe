"""Stage report: figures, small plot tables and the page a person reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from enerqis.core import tables
from enerqis.engines.kernel import run_indicators
from enerqis.engines.panel import rows_from_series
from enerqis.ingestion.manifest import read_manifest
from enerqis.interfaces.metric import Evidence, MetricParams, evidence_from, figures
from enerqis.interfaces.report import ReportContent, ReportParams
from enerqis.interfaces.strategy import StrategyParams
from enerqis.io.hashing import file_digest
from enerqis.io.parquet import read_table
from enerqis.io.plugins import revive
from enerqis.pipeline import receipts
from enerqis.pipeline.market import load_bars, load_panel, with_features
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.spec.base import Spec
from enerqis.spec.universe import Universe

INPUTS = ("parquet", "processed", "features", "backtest")
SHOWS = ("processed", "backtest")
KEEPS_OWN_OUTS = False
PAGE = "page/index.html"
METRICS = "metrics.json"
OUTS = (
    Out("page", "data/report/{name}", "file"),
    Out(METRICS, "data/metrics/{name}.json", "inside"),
    Out("equity.csv", "data/metrics/{name}/equity.csv", "beside"),
    Out("drawdown.csv", "data/metrics/{name}/drawdown.csv", "beside"),
)
RESULT_TABLES = ("orders", "fills", "equity", "positions", "targets")


class ReportSlice(Spec):
    """What this stage reads of an experiment."""

    universe: Universe
    strategy: dict[str, Any]
    metric: dict[str, dict[str, Any]]
    report: dict[str, Any]
    resolved: dict[str, Any]
    question: str


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def compute(work: Work, folder: Path) -> Outcome:
    """Write the page, the figures and the plot tables of one experiment."""
    spec = work.read(ReportSlice)
    plugins = work.project.plugins
    content = _content(work, spec)
    page = revive("reports", spec.report["kind"], spec.report, ReportParams, plugins)
    files = {PAGE: page.module.render(page.params, content), METRICS: receipts.text({"metrics": dict(content.metrics)})}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    outputs = {name: file_digest(folder / name) for name in files}
    return Outcome(outputs[PAGE], outputs, {"trades": content.trades.num_rows, "figures": len(content.metrics)})
