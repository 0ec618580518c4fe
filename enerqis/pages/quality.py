"""What is known about the data's quality: from the manifest of ingestion to a few lines and two tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from enerqis.pages import formatting


class RuleRow(NamedTuple):
    """What one rule of normalisation did."""

    rule: str
    rejected: int
    fixed: int
    noted: int


class SymbolRow(NamedTuple):
    """What the bars of one symbol lack."""

    symbol: str
    bars: int
    first: str
    last: str
    sessions_missing: int
    bars_missing: int
    jumps: int
    splits: str
    dividends: int
    spreads: int


class Quality(NamedTuple):
    """The box on the page; each part may be empty where the manifest says nothing of it."""

    facts: list[tuple[str, str]]
    rules: list[RuleRow]
    symbols: list[SymbolRow]
    sources: list[tuple[str, str, str]]


def quality_box(manifest: Mapping[str, Any], symbols: list[str]) -> Quality:
    """Return what the page says about the data of `symbols`.

    Parameters
    ----------
    manifest : mapping
        The dataset's manifest as JSON; unknown parts are not shown, missing ones are left out.
    symbols : list of str
        Symbols of the run.
    """
    rows = manifest.get("rows", {})
    facts = [(name, formatting.count(rows[key])) for name, key in ROW_COUNTS if rows.get(key)]
    facts += [(name, _plain(str(manifest[key]))) for name, key in NAMED if manifest.get(key)]
    rules = [
        RuleRow(name, each.get("rejected", 0), each.get("fixed", 0), each.get("noted", 0))
        for name, each in sorted(manifest.get("rules", {}).items())
    ]
    known = manifest.get("symbols", {})
    return Quality(
        facts=facts,
        rules=rules,
        symbols=[_symbol_row(symbol, known[symbol]) for symbol in symbols if symbol in known],
        sources=[
            (
                str(each.get("source", each.get("name", ""))),
                formatting.count(each.get("size", 0)),
                str(each.get("sha256", "")),
            )
            for each in manifest.get("sources", ())
        ],
    )


ROW_COUNTS = (
    ("rows received", "received"),
    ("bars kept", "kept"),
    ("rows rejected", "rejected"),
    ("of other symbols", "not_selected"),
    ("merged by resampling", "merged"),
)
ISO_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[0-9:.]*(?:Z|\+00:00)")
NAMED = (("bar", "frequency"), ("calendar", "calendar"), ("first open", "first_ts_open"), ("last close", "last_ts"))


def _plain(text: str) -> str:
    """Return an ISO instant of the manifest as people read it; any other text as it is."""
    found = ISO_INSTANT.fullmatch(text)
    return f"{found[1]} {found[2]} UTC" if found else text


def _symbol_row(symbol: str, known: Mapping[str, Any]) -> SymbolRow:
    splits = [f"{each['value']:g} on {each['session']}" for each in known.get("splits", ())]
    return SymbolRow(
        symbol=symbol,
        bars=known.get("bars", 0),
        first=str(known.get("first_ts_open", ""))[:10],
        last=str(known.get("last_ts", ""))[:10],
        sessions_missing=known.get("sessions_missing", 0),
        bars_missing=known.get("bars_missing", 0),
        jumps=known.get("jump_count", 0),
        splits=", ".join(splits),
        dividends=known.get("dividend_count", 0),
        spreads=known.get("spreads", 0),
    )
