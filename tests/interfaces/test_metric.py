import math
from types import SimpleNamespace
from typing import Literal

import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.errors import StageError
from enerqis.core.tables import BARS, EQUITY, FILLS, INSTANT, ORDERS
from enerqis.interfaces.metric import MetricParams, evidence_from, figures

HOUR = 3_600_000_000_000


class ExampleParams(MetricParams):
    kind: Literal["example"] = "example"


def instants(hours):
    return pa.array([each * HOUR for each in hours], pa.int64()).cast(INSTANT)


def test_evidence_ties_equity_trades_and_benchmark_to_the_sessions_of_the_bars():
    hours, closes = [10, 20, 34, 44], [10.0, 11.0, 12.0, 13.0]
    session = pa.array([0, 0, 1, 1], pa.int32()).cast(pa.date32())
    one = [1.0] * 4
    bars = pa.table(
        [
            ["X"] * 4,
            instants([9, 19, 33, 43]),
            instants(hours),
            session,
            *[closes] * 4,
            one,
            one,
            [0.0] * 4,
            [None] * 4,
        ],
        schema=BARS,
    )
    equity = pa.table([instants(hours), [100.0, 100.0, 101.0, 102.0], *[[0.0] * 4] * 4], schema=EQUITY)
    fills = pa.table(
        [
            instants([19, 43]),
            ["X"] * 2,
            [1.0, -1.0],
            [10.0, 12.0],
            *[[0.0] * 2] * 2,
            [1, 2],
            ["a"] * 2,
            instants([19, 43]),
        ],
        schema=FILLS,
    )
    found = evidence_from(
        equity=equity,
        fills=fills,
        orders=ORDERS.empty_table(),
        bars=bars,
        calendar_sessions=np.arange(-7, 7),
        sessions_per_year=252.0,
        initial_cash=100.0,
    )
    assert found.sessions.tolist() == [0, 1]
    assert found.returns == pytest.approx([0.0, 0.02])
    assert found.benchmark_returns == pytest.approx([0.1, 13.0 / 11.0 - 1.0])
    assert found.benchmark.column("equity").to_pylist() == pytest.approx([100.0, 110.0, 120.0, 130.0])
    assert found.trades.column("profit").to_pylist() == [2.0]


def test_figures_are_sorted_rounded_and_only_what_exists():
    module = SimpleNamespace(compute=lambda params, evidence: {"b": 0.1 + 0.2, "a": np.float64(1.0), "c": math.nan})
    found = figures({"example": (module, ExampleParams())}, None)
    assert list(found.items()) == [("a", 1.0), ("b", 0.3)]
    assert {type(value) for value in found.values()} == {float}


def test_a_kind_chosen_twice_keeps_both_figures_apart():
    module = SimpleNamespace(compute=lambda params, evidence: {"a": 1.0})
    found = figures({"example": (module, ExampleParams()), "other": (module, ExampleParams())}, None)
    assert list(found) == ["a", "other.a"]


class ShadowParams(MetricParams):
    kind: Literal["shadow"] = "shadow"


def test_two_metrics_cannot_give_a_figure_of_one_name():
    """A metric of one's own would else say the drawdown that a gate looks at."""
    true, shadow = (SimpleNamespace(compute=lambda params, evidence: {"drawdown": 0.4}) for _ in range(2))
    said = "metric.shadow: its figure 'drawdown' is one of metric.example too"
    with pytest.raises(StageError, match=said):
        figures({"example": (true, ExampleParams()), "shadow": (shadow, ShadowParams())}, None)
