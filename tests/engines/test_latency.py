"""Latency that is drawn: the draws, what is overtaken, and bars that overlap; in both engines."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from enerqis.core.errors import StageError
from enerqis.engines import kernel, zipline
from enerqis.engines.latency import delays, uniforms
from enerqis.interfaces.engine import BacktestResult, Job, Panel
from enerqis.spec.execution import Execution
from tests.engines.agreement import difference
from tests.engines.scenes import DAY, HOUR, PLAIN, fills, job_of, panel_of

NAN = math.nan


def both(job: Job, folder: Path) -> BacktestResult:
    """The result of the kernel, held against that of zipline."""
    found = kernel.backtest(job, cache_folder=folder, build=PLAIN)
    assert difference(found, zipline.backtest(job, cache_folder=folder)) == ""
    return found


def drawn(*waits: int) -> Job:
    """Seven flat bars: all in at the first, half at the second; with a seed that draws these waits for them."""
    panel = panel_of([10.0] * 7, plan={"target": [1, 0.5, NAN, NAN, NAN, NAN, NAN]})
    job = job_of(panel, latency_distribution=(0.4, 0.3, 0.3))
    jobs = (replace(job, seed=seed) for seed in range(1000))
    return next(each for each in jobs if delays(each)[: len(waits), 0].tolist() == list(waits))


def test_draws_come_as_often_as_their_chances_say() -> None:
    found = np.bincount((uniforms(1, "A", np.arange(100_000) * DAY) * 4).astype(int), minlength=4)
    assert np.abs(found - 25_000).max() < 4 * math.sqrt(100_000 * 0.25 * 0.75)
    job = job_of(panel_of([[10.0] * 2] * 4000), latency_bars=1, latency_distribution=(0.7, 0.0, 0.3))
    values, counts = np.unique(delays(job), return_counts=True)
    assert values.tolist() == [1.0, 3.0]
    assert abs(counts[1] - 2400) < 4 * math.sqrt(8000 * 0.3 * 0.7)


def test_draws_of_neighbours_seeds_and_symbols_have_nothing_in_common() -> None:
    instants = np.arange(20_000) * HOUR
    one = uniforms(1, "A", instants)
    for other in (uniforms(2, "A", instants), uniforms(1, "B", instants), np.roll(one, 1)):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / math.sqrt(20_000)


def test_cut_data_and_other_symbols_change_no_draw() -> None:
    job = job_of(panel_of([[10.0] * 2] * 9), latency_distribution=(0.5, 0.5))
    cut = job_of(panel_of([10.0] * 5), latency_distribution=(0.5, 0.5))
    np.testing.assert_array_equal(delays(job)[:5, :1], delays(cut))


def test_an_order_waits_as_long_as_is_drawn(tmp_path: Path) -> None:
    # due at the bars 1 + 1 and 2 + 2
    assert fills(both(drawn(1, 2), tmp_path)) == [(2, 100.0, 10.0, "decision"), (4, -50.0, 10.0, "decision")]


@pytest.mark.parametrize("waits", [(2, 0), (2, 1), (1, 0)])
def test_an_order_that_a_newer_one_overtakes_is_withdrawn(tmp_path: Path, waits: tuple[int, int]) -> None:
    result = both(drawn(*waits), tmp_path)
    assert fills(result) == [(2 + waits[1], 50.0, 10.0, "decision")]
    assert result.orders.column("status").to_pylist() == ["cancelled", "filled"]
    assert [(event["event"], event["order_id"]) for event in result.audit] == [("order_cancelled", 1)]


def test_a_certain_draw_is_a_latency(tmp_path: Path) -> None:
    panel = panel_of([10.0, 11.0, 12.0, 11.0, 13.0, 12.0], plan={"target": [1, NAN, 0.5, NAN, 0, NAN]})
    sure = both(job_of(panel, latency_bars=1, latency_distribution=(0.0, 1.0)), tmp_path)
    assert difference(sure, both(job_of(panel, latency_bars=2), tmp_path)) == ""


def overlapping() -> Panel:
    """Fifteen hours of A, which falls in the tenth, beside bars of three hours of B; half of equity is put into each."""
    close = np.full((15, 2), NAN)
    close[:, 0] = [10.0] * 9 + [1.0] * 6
    close[2::3, 1] = 20.0
    panel = panel_of(close)
    ts = (np.arange(15) + 1) * HOUR
    opens = np.column_stack([ts - HOUR, np.where(np.isnan(close[:, 1]), -1, ts - 3 * HOUR)])
    targets = np.full((15, 2), NAN)
    targets[0, 0], targets[2, 1] = 0.5, 0.5
    features = {**panel.features, "plan.target": targets}
    return replace(panel, ts=ts, ts_open=opens, session=np.zeros(15, dtype=np.int64), features=features)


@pytest.mark.parametrize("latency_bars", [0, 1])
def test_a_bar_of_latency_counts_from_the_bar_under_way(tmp_path: Path, latency_bars: int) -> None:
    # a halt at 10 o'clock closes B, whose bar from 9 to 12 is under way: the first bar that opens later is that from 12 to 15
    job = job_of(
        overlapping(), latency_bars=latency_bars, limits={"drawdown_halt": {"max_drawdown_fraction": 0.2}}, lot_step=0.0
    )
    closing = [row for row in both(job, tmp_path).fills.to_pylist() if row["reason"] == "drawdown_halt"]
    assert {row["symbol"]: row["ts"].value // HOUR for row in closing} == {"A": 10 + latency_bars, "B": 12}


@pytest.mark.parametrize("engine", [kernel, zipline])
def test_a_drawn_latency_is_refused_over_bars_that_overlap(engine: object) -> None:
    (found,) = engine.refuse(job_of(overlapping(), latency_distribution=(0.5, 0.5)))  # type: ignore[attr-defined]
    assert found.startswith("execution.latency_distribution: bars of some symbols begin before others have closed")
    assert engine.refuse(job_of(overlapping(), latency_bars=1)) == []  # type: ignore[attr-defined]


def test_latencies_drawn_by_other_seeds_are_not_one_batch(tmp_path: Path) -> None:
    job = job_of(panel_of([10.0] * 3), latency_distribution=(0.5, 0.5))
    with pytest.raises(StageError, match="differs from the first in its drawn latency"):
        kernel.batch([job, replace(job, seed=1)], cache_folder=tmp_path, build=PLAIN)


def test_chances_make_one() -> None:
    with pytest.raises(ValidationError, match=r"latency_distribution adds up to 0.9; chances make 1"):
        Execution(latency_distribution=(0.5, 0.4))
