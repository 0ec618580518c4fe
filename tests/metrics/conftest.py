"""Evidence made of real prices: an account that held IBM beside a benchmark that held AAPL, and a few trades by hand."""

import csv
import gzip
import importlib.resources
import warnings

import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.tables import EQUITY, FILLS, INSTANT, ORDERS, TRADES
from enerqis.interfaces.metric import Evidence

SESSIONS_PER_YEAR = 251.75
DAY = 86_400_000_000_000


@pytest.fixture(scope="session")
def empyrical():
    """The reference library; its import warns of its own dependencies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("empyrical")


@pytest.fixture(scope="session")
def closes():
    """Adjusted closes of IBM and AAPL, 2000-03-01 to 2013-03-01."""
    folder = importlib.resources.files(pytest.importorskip("bokeh_sampledata"))
    with gzip.open(str(folder / "_data" / "stocks.csv.gz"), "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    dates = np.array([row["Date"] for row in rows if row["Ticker"] == "IBM"], dtype="datetime64[D]")
    prices = {name: np.array([float(r["Adj Close"]) for r in rows if r["Ticker"] == name]) for name in ("IBM", "AAPL")}
    return dates.astype(np.int64), prices["IBM"], prices["AAPL"]


def instants(values):
    return pa.array(values, pa.int64()).cast(INSTANT)


@pytest.fixture(scope="session")
def make_evidence():
    """Evidence of given returns; trades and equity only where a test needs them."""

    def make(returns, benchmark_returns=None, *, equity=None, fills=None, trades=None, initial_cash=1000.0):
        returns = np.asarray(returns, dtype=np.float64)
        return Evidence(
            sessions=np.arange(len(returns)),
            returns=returns,
            benchmark_returns=returns if benchmark_returns is None else np.asarray(benchmark_returns),
            sessions_per_year=SESSIONS_PER_YEAR,
            equity=EQUITY.empty_table() if equity is None else equity,
            fills=FILLS.empty_table() if fills is None else fills,
            orders=ORDERS.empty_table(),
            trades=TRADES.empty_table() if trades is None else trades,
            benchmark=EQUITY.empty_table().select(["ts", "equity"]),
            initial_cash=initial_cash,
        )

    return make


@pytest.fixture(scope="session")
def evidence(closes, make_evidence):
    """Thirteen years of real daily returns."""
    _, ibm, aapl = closes
    return make_evidence(ibm[1:] / ibm[:-1] - 1.0, aapl[1:] / aapl[:-1] - 1.0)


@pytest.fixture
def fills():
    """Bought 10 at 50, sold 10 at 60: notional 1100, commission 3, slippage 1.5."""
    rows = [
        instants([0, 5 * DAY]),
        ["X", "X"],
        [10.0, -10.0],
        [50.0, 60.0],
        [1.0, 2.0],
        [0.5, 1.0],
        [1, 2],
        ["decision"] * 2,
        instants([DAY, 6 * DAY]),
    ]
    return pa.table(rows, schema=FILLS)


@pytest.fixture
def equity_table():
    """Four bars; in the market in two of them."""
    columns = [instants([DAY * i for i in range(4)]), [1000.0, 1010.0, 1090.0, 1100.0], [1000.0, 500.0, 490.0, 1100.0]]
    return pa.table([*columns, [0.0, 0.5, 1.5, 0.0], [0.0, 0.5, -0.5, 0.0], [0.0, 0.25, -0.1, 0.0]], schema=EQUITY)
