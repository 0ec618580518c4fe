"""The page of one experiment, put together from its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc
import yaml

from enerqis.interfaces.report import ReportContent
from enerqis.pages import formatting
from enerqis.pages.account import account_series
from enerqis.pages.cautions import leak_sentence, rejection_sentence
from enerqis.pages.costs import cost_rows
from enerqis.pages.figure_table import figure_groups
from enerqis.pages.headline import key_figures, sentences, stand_in_sentence, trial_sentence
from enerqis.pages.months import NAMES, year_rows
from enerqis.pages.parity import parity_box
from enerqis.pages.prices import MAX_SYMBOLS, price_series
from enerqis.pages.quality import quality_box
from enerqis.pages.record import Record
from enerqis.pages.templating import fill, script_data
from enerqis.pages.timeline import Timeline
from enerqis.pages.trade_list import trade_rows
from enerqis.pages.trial_days import days_series
from enerqis.pages.validation import fan_series, validation_box

DATA_FILES = (
    "templates/page.html.j2",
    "templates/base.css",
    "templates/page.css",
    "templates/theme.js",
    "templates/chart.js",
    "templates/trades.js",
    "templates/page.js",
)
STYLES = ("base.css", "page.css")
SCRIPTS = ("theme.js", "chart.js", "trades.js", "page.js")


def experiment_page(content: ReportContent, *, account_points: int) -> str:
    """Return the whole HTML document of one experiment.

    Parameters
    ----------
    content : ReportContent
    account_points : int
        Rows of the equity, drawdown and exposure charts at most.
    """
    evidence, timeline = content.evidence, Timeline(content.bars)
    symbols: list[str] = sorted(pc.unique(content.bars.column("symbol")).to_pylist())
    trades = trade_rows(evidence.trades, timeline)
    data = {
        "currency": content.currency,
        "daily": timeline.is_daily,
        "account": account_series(evidence, timeline, points=account_points),
        "symbols": price_series(content, timeline),
        "trades": trades,
        "fan": fan_series(content.paths, evidence),
        "tried": days_series(content.trials) if content.validation else {},
    }
    costs, all_costs = cost_rows(evidence.fills, contract_multiplier=evidence.contract_multiplier)
    return fill(
        "page.html.j2",
        styles=STYLES,
        scripts=SCRIPTS,
        data=script_data(data),
        name=content.experiment,
        question=content.question.strip(),
        facts=_facts(content, symbols),
        cautions=[each for each in (leak_sentence(content.validation), rejection_sentence(content.quality)) if each],
        sentences=_sentences(content),
        keys=key_figures(content.metrics, Record.of(evidence.sessions)),
        figures=figure_groups(content.metrics),
        months=NAMES,
        years=year_rows(evidence.sessions, evidence.returns, evidence.benchmark_returns),
        is_daily=timeline.is_daily,
        currency=content.currency,
        trade_count=trades["total"],
        trades_shown=len(trades["number"]),
        symbol_count=len(symbols),
        most_symbols=MAX_SYMBOLS,
        has_splits=bool(pc.any(pc.not_equal(content.bars.column("split_factor"), 1.0)).as_py()),
        costs=costs,
        all_costs=all_costs,
        carry=float(evidence.equity.column("carry").to_numpy().sum()),
        cents=0 if all_costs.total >= 1000.0 else 2,
        quality=quality_box(content.quality, symbols),
        identity=_identity(content.receipt),
        parity=parity_box(content.parity),
        validation=validation_box(content.validation, content.trials),
        has_days=bool(data["tried"]),
        spec_text=yaml.safe_dump(_plain(content.spec), sort_keys=False, allow_unicode=True, width=100),
        receipt_text=json.dumps(content.receipt, indent=1, sort_keys=True, ensure_ascii=False),
    )


def _facts(content: ReportContent, symbols: list[str]) -> list[tuple[str, str]]:
    """Return the lines under the title: strategy, universe, period."""
    shown = ", ".join(symbols[:8]) + (f" and {len(symbols) - 8} more" if len(symbols) > 8 else "")
    facts = [
        ("Strategy", str(content.spec.get("strategy", {}).get("kind", ""))),
        ("Universe", shown),
        ("Data", str(content.spec.get("dataset", {}).get("description", ""))),
        ("Run", formatting.short(content.receipt.get("stage_id", ""))),
    ]
    if record := Record.of(content.evidence.sessions):
        facts.insert(2, ("Period", record.period))
    return [(name, text) for name, text in facts if text]


def _sentences(content: ReportContent) -> list[str]:
    evidence = content.evidence
    record = Record.of(evidence.sessions)
    if record is None:
        return ["The period holds no bar: nothing happened."]
    found = sentences(
        content.metrics,
        initial=evidence.initial_cash,
        final=evidence.equity.column("equity")[-1].as_py(),
        benchmark=evidence.benchmark.column("equity")[-1].as_py(),
        currency=content.currency,
        record=record,
    )
    said = (stand_in_sentence(content.receipt.get("facts", {})), trial_sentence(content.trials))
    return [*found, *(sentence for sentence in said if sentence)]


def _identity(receipt: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return run id, result hash and the six components, null ones as a dash."""
    lines = [("run id", receipt.get("stage_id")), ("result", receipt.get("result_sha256"))]
    for name, value in receipt.get("identity", {}).items():
        if isinstance(value, Mapping):
            lines.extend((f"{name}: {key}", each) for key, each in value.items())
        else:
            lines.append((name, value))
    return [(name, formatting.NONE if value is None else str(value)) for name, value in lines]


def _plain(value: Any) -> Any:
    """Return a JSON tree of plain dicts and lists, as YAML can write it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
