"""A run on real prices: AAPL (with its split) and GOOG, half of the cash each, traded by a plain rule written here."""

import csv
import gzip
import importlib.resources
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.tables import BARS, EQUITY, FILLS, INSTANT, ORDERS, PATHS
from enerqis.interfaces.metric import evidence_from
from enerqis.interfaces.report import ReportContent
from enerqis.quant.deflation import TrialSharpes
from enerqis.quant.trial_count import TrialCount
from tests.pages.validated import CV, SEARCH, validation_of

HOUR = 3_600_000_000_000
SPLITS = {"AAPL": {date(2005, 2, 28): 2.0}}
START = date(2004, 8, 19)
CASH = 100_000.0


def instants(values):
    return pa.array(np.asarray(values, np.int64), pa.int64()).cast(INSTANT)


def sample_rows(symbol):
    folder = importlib.resources.files(pytest.importorskip("bokeh_sampledata"))
    with gzip.open(str(folder / "_data" / "stocks.csv.gz"), "rt", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["Ticker"] == symbol]
    return [row for row in rows if date.fromisoformat(row["Date"]) >= START]


def bars_of(symbol):
    rows = sample_rows(symbol)
    days = np.array([row["Date"] for row in rows], dtype="datetime64[D]").astype(np.int64)
    split = [SPLITS.get(symbol, {}).get(date.fromisoformat(row["Date"]), 1.0) for row in rows]
    opens, closes = instants((days * 24 + 14) * HOUR + HOUR // 2), instants((days * 24 + 21) * HOUR)
    prices = [[float(row[name]) for row in rows] for name in ("Open", "High", "Low", "Close", "Volume")]
    session = pa.array(days.astype(np.int32)).cast(pa.date32())
    rest = [[0.0] * len(rows), [None] * len(rows)]
    return pa.table([[symbol] * len(rows), opens, closes, session, *prices, split, *rest], schema=BARS)


def moving_average(values, bars):
    sums = np.cumsum(np.insert(values, 0, 0.0))
    return np.concatenate((np.full(bars - 1, np.nan), (sums[bars:] - sums[:-bars]) / bars))


def trade(bars, cash):
    """Long all-in at the next open while the 20-bar average is above the 80-bar one: value, notional, fills, averages."""
    factor = np.cumprod(bars.column("split_factor").to_numpy())
    opens, closes = bars.column("open").to_numpy(), bars.column("close").to_numpy()
    fast, slow = moving_average(closes * factor, 20), moving_average(closes * factor, 80)
    ts, ts_open = (bars.column(name).cast(pa.int64()).to_numpy() for name in ("ts", "ts_open"))
    units, fills, value, held = 0.0, [], [], []
    for t in range(len(closes)):
        units *= bars.column("split_factor")[t].as_py()
        wanted = t > 0 and fast[t - 1] > slow[t - 1]
        if wanted != (units > 0.0):
            amount = np.floor(cash / (opens[t] * 1.003)) if wanted else -units
            price = opens[t] * (1.0005 if wanted else 0.9995)
            commission, slippage = abs(amount) * price * 0.001, abs(amount) * abs(price - opens[t])
            cash -= amount * price + commission
            units += amount
            fills.append((ts_open[t], amount, price, commission, slippage, ts[t]))
        value.append(cash + units * closes[t])
        held.append(units * closes[t])
    return np.array(value), np.array(held), fills, fast, slow


def content_of(symbols, *, question="Does a trend rule keep one out of the worst of a bear market?"):
    tables = {symbol: bars_of(symbol) for symbol in symbols}
    runs = {symbol: trade(bars, CASH / len(symbols)) for symbol, bars in tables.items()}
    bars = pa.concat_tables(tables.values())
    ts = tables[symbols[0]].column("ts")
    equity = sum(run[0] for run in runs.values())
    exposure = sum(run[1] for run in runs.values()) / equity
    equity_table = pa.table([ts, equity, equity * (1.0 - exposure), exposure, exposure, 0.0 * equity], schema=EQUITY)
    rows = sorted((*fill, symbol) for symbol, run in runs.items() for fill in run[2])
    fill_ts, units, price, commission, slippage, bar_ts, symbol = zip(*rows, strict=True)
    ids = list(range(1, len(rows) + 1))
    fills = pa.table(
        [
            instants(fill_ts),
            symbol,
            units,
            price,
            commission,
            slippage,
            ids,
            ["decision"] * len(rows),
            instants(bar_ts),
        ],
        schema=FILLS,
    )
    evidence = evidence_from(
        equity=equity_table,
        fills=fills,
        orders=ORDERS.empty_table(),
        bars=bars,
        calendar_sessions=np.unique(bars.column("session").cast("int32").to_numpy()),
        sessions_per_year=251.6,
        initial_cash=CASH,
    )
    indicators = pa.concat_tables(
        pa.table(
            {
                "ts": tables[name].column("ts"),
                "symbol": [name] * tables[name].num_rows,
                "fast": runs[name][3],
                "slow": runs[name][4],
                "momentum.line": runs[name][3] / runs[name][4] - 1.0,
            }
        )
        for name in symbols
    )
    return ReportContent(
        experiment="two_stocks_sma",
        question=question,
        bars=bars,
        indicators=indicators,
        evidence=evidence,
        metrics=all_figures(evidence),
        quality=MANIFEST,
        spec={
            "strategy": {"kind": "sma_cross", "fast_bars": 20, "slow_bars": 80},
            "dataset": {"description": "US stocks, daily"},
        },
        receipt=RECEIPT,
        currency="USD",
        trials=TrialCount(
            sharpes=TrialSharpes(count=1250, period_variance=0.002),
            ideas=TrialSharpes(count=17, period_variance=0.002),
            evaluated=1249,
            days=((date(2024, 1, 2), 1000), (date(2024, 1, 5), 200)),
        ),
        validation=validation_of(cv=CV, search=SEARCH),
        paths=two_paths(evidence.sessions[-100:]),
    )


def two_paths(sessions):
    """Two paths: one that doubles evenly, one that stays."""
    count = len(sessions)
    growth = np.concatenate([np.linspace(1.0, 2.0, count), np.ones(count)])
    days = pa.array(np.tile(sessions, 2), pa.int32()).cast(pa.date32())
    return pa.table([np.repeat([0, 1], count), np.zeros(2 * count, np.int64), days, growth], schema=PATHS)


def all_figures(evidence):
    from enerqis.interfaces.metric import MetricParams, figures
    from enerqis.io.plugins import load, params_class, scan

    kinds = scan("metrics", None)
    return figures({name: (load(kind), params_class(kind, MetricParams)()) for name, kind in kinds.items()}, evidence)


MANIFEST = {
    "frequency": "1d",
    "calendar": "XNYS",
    "first_ts_open": "2000-03-01T14:30:00Z",
    "last_ts": "2013-03-01T21:00:00Z",
    "rows": {"received": 14_734, "not_selected": 9_323, "rejected": 2, "merged": 0, "kept": 5_409},
    "rules": {"ohlc_violation": {"rejected": 2, "fixed": 0, "noted": 0}, "zero_volume": {"noted": 1}},
    "symbols": {
        "AAPL": {
            "bars": 3270,
            "first_ts_open": "2000-03-01T14:30:00Z",
            "last_ts": "2013-03-01T21:00:00Z",
            "jump_count": 3,
            "splits": [{"session": "2000-06-21", "value": 2.0}, {"session": "2005-02-28", "value": 2.0}],
        },
        "GOOG": {
            "bars": 2147,
            "first_ts_open": "2004-08-19T13:30:00Z",
            "last_ts": "2013-03-01T21:00:00Z",
            "sessions_missing": 1,
        },
    },
    "sources": [
        {"name": "stocks.csv.gz", "source": "bokeh-sampledata: stocks.csv.gz", "size": 280_000, "sha256": "ab" * 32}
    ],
}
RECEIPT = {
    "stage": "backtest",
    "stage_id": "5f" * 32,
    "result_sha256": "c4" * 32,
    "identity": {
        "config": "01" * 32,
        "data": {"parquet": "23" * 32, "features": "45" * 32},
        "code": "67" * 32,
        "environment": "89" * 32,
        "engine": "ab" * 32,
        "seed": 0,
    },
}


@pytest.fixture(scope="session")
def content():
    return content_of(["AAPL", "GOOG"])


@pytest.fixture(scope="session")
def make_content():
    return content_of


@pytest.fixture(scope="session")
def chromium(require_system_tool):
    """A real Chromium, started once."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = require_system_tool("chromium")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()


class Opened:
    """A page in a browser that has no network: what it complained of and what it asked for."""

    def __init__(self, browser, file, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        self.page.goto(file.as_uri())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    @property
    def overflow(self):
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture
def open_page(chromium, tmp_path):
    """Open the text of a page in Chromium: ``with open_page(html, **context_options) as opened``."""

    def open_text(html, **options):
        file = tmp_path / "index.html"
        file.write_text(html, encoding="utf-8", newline="\n")
        return Opened(chromium, file, **options)

    return open_text
