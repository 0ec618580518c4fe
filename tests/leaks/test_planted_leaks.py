"""Planted leaks: each must be found and named at the bar where it shows, worked by hand, or the tests prove nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from enerqis.engines.kernel import backtest
from enerqis.engines.labels import label_rows
from enerqis.features import fitted_zscore
from enerqis.features.fitted_zscore import FittedZscoreParams
from enerqis.indicators.ema import ema
from enerqis.interfaces.cv import Split
from enerqis.interfaces.engine import BacktestResult, Panel
from enerqis.io.plugins import Plugged
from enerqis.leaks.chain import Chain
from enerqis.leaks.examining import Leaks, fitted_since
from enerqis.leaks.fills import fill_findings
from enerqis.leaks.folds import out_of_fold
from enerqis.leaks.foreknowledge import foreknown
from enerqis.leaks.labels import label_among_features, unpurged
from enerqis.leaks.look_ahead import Place
from enerqis.leaks.universe import Life, survivorship
from enerqis.leaks.warm_up import warm_up
from tests.engines.scenes import DAY, PLAIN, job_of, panel_of
from tests.leaks.worlds import BARS, CUT, looked_at, market, tossing


def next_close(panel: Panel) -> np.ndarray:
    """``shift(-1)``."""
    return np.vstack([panel.close[1:], np.full((1, panel.close.shape[1]), np.nan)])


def centred_mean(panel: Panel) -> np.ndarray:
    """Over two bars before, the bar, and two bars after."""
    padded = np.pad(panel.close, ((2, 2), (0, 0)), constant_values=np.nan)
    return sum(padded[i : i + len(panel.close)] for i in range(5)) / 5.0


def whole_sample_zscore(panel: Panel) -> np.ndarray:
    return (panel.close - np.nanmean(panel.close, axis=0)) / np.nanstd(panel.close, axis=0)


def left_labelled_resample(panel: Panel) -> np.ndarray:
    """Close of each group of five bars, known from the group's first bar on."""
    last = np.minimum((np.arange(len(panel.close)) // 5) * 5 + 4, len(panel.close) - 1)
    return panel.close[last]


def back_adjusted(panel: Panel) -> np.ndarray:
    """Prices divided by all later dividends' factors."""
    kept = 1.0 - panel.dividend / panel.close
    later = np.cumprod(kept[::-1], axis=0)[::-1]
    return panel.close * np.vstack([later[1:], np.ones((1, later.shape[1]))])


def back_filled(panel: Panel) -> np.ndarray:
    """A missing close is the next one that is known."""
    found = panel.close.copy()
    for row in range(len(found) - 2, -1, -1):
        found[row] = np.where(np.isnan(found[row]), found[row + 1], found[row])
    return found


def of_survivors(panel: Panel) -> np.ndarray:
    """Equal parts of the symbols that have a bar in the last row."""
    lives = panel.ts_open[-1] >= 0
    return np.tile(np.where(lives, 1.0 / lives.sum(), 0.0), (len(panel.close), 1))


def with_dividends(panel: Panel) -> Panel:
    dividend = np.zeros_like(panel.dividend)
    dividend[350] = 1.0
    return replace(panel, dividend=dividend)


def with_a_gap(panel: Panel) -> Panel:
    gone = np.zeros(panel.close.shape, dtype=bool)
    gone[CUT - 3 : CUT, 1] = True
    close = np.where(gone, np.nan, panel.close)
    return replace(panel, close=close, ts_open=np.where(gone, -1, panel.ts_open))


# Bars 300 to 304 are a group of five and CUT is 303. What looks one bar ahead moves at 302, what looks two ahead from 301 on,
# a group's close from its first bar on, and what looks at the whole sample from bar 0 on.
COLUMNS = [
    (next_close, market(), CUT - 1),
    (centred_mean, market(), CUT - 2),
    (whole_sample_zscore, market(), 0),
    (left_labelled_resample, market(), 300),
    (back_adjusted, with_dividends(market()), 0),
    (back_filled, with_a_gap(market(2)), CUT - 3),
    (of_survivors, market(5), 0),
]


@pytest.mark.parametrize(("column", "panel", "row"), COLUMNS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_column_that_looks_ahead_is_found_at_the_first_bar_that_does(
    column: Callable[[Panel], np.ndarray], panel: Panel, row: int
) -> None:
    (found,) = looked_at(column, panel).findings
    assert (found.row, found.ts) == (row, panel.ts[row])
    assert found.subject == "feature x.value"
    assert f"looks ahead by {CUT - row} bar" in found.fact
    value = column(panel)[row, panel.symbols.index(found.symbol)]
    assert found.value == value or np.isnan(value)
    assert "no negative shift" in found.sentence


@pytest.fixture(scope="module")
def run(kernels: Path) -> tuple[object, BacktestResult]:
    job = tossing(market())
    return job, backtest(job, cache_folder=kernels, build=PLAIN)


def with_fill(result: BacktestResult, at: int, **values: object) -> BacktestResult:
    """A result whose fill number `at` holds other values."""
    rows = result.fills.to_pylist()
    rows[at] |= values
    return replace(result, fills=pa.Table.from_pylist(rows, schema=result.fills.schema))


def test_a_fill_at_the_open_of_the_bar_after_its_own_is_found(run) -> None:
    job, result = run
    fill = result.fills.to_pylist()[7]
    row = int(np.searchsorted(job.panel.ts, fill["bar_ts"].value))
    (found,) = fill_findings(job, with_fill(result, 7, price=float(job.panel.open[row + 1, 0])))
    assert (found.test, found.row, found.ts) == ("fill_price", row, job.panel.ts[row])
    assert (found.value, found.expected) == (job.panel.open[row + 1, 0], job.panel.open[row, 0])


def test_a_fill_in_the_bar_that_was_decided_on_is_found(run) -> None:
    job, result = run
    fill = result.fills.to_pylist()[4]
    row = int(np.searchsorted(job.panel.ts, fill["bar_ts"].value)) - 1
    same = {
        "bar_ts": int(job.panel.ts[row]),
        "ts": int(job.panel.ts_open[row, 0]),
        "price": float(job.panel.open[row, 0]),
    }
    (found,) = fill_findings(job, with_fill(result, 4, **same))
    assert (found.test, found.row) == ("fill_bar", row)
    assert found.expected == job.panel.open[row + 1, 0]
    assert "opens at or after the decision" in found.sentence


def test_a_limit_order_that_fills_at_the_low_of_its_bar_is_found(kernels) -> None:
    panel = market()
    plan = {"target": np.where(np.arange(BARS) % 9 == 0, np.arange(BARS) // 9 % 2, np.nan)}
    plan["limit"] = np.where(np.isfinite(plan["target"]), panel.close[:, 0], np.nan)
    panel = replace(panel, features=panel_of(panel.close, plan=plan).features)
    job = job_of(panel, lot_step=0.0)
    result = backtest(job, cache_folder=kernels, build=PLAIN)
    assert fill_findings(job, result) == ()
    rows = result.fills.to_pylist()
    at = next(
        i for i, each in enumerate(rows) if each["units"] > 0.0 and each["price"] != panel.open[_bar(panel, each), 0]
    )
    (found,) = fill_findings(job, with_fill(result, at, price=float(panel.low[_bar(panel, rows[at]), 0])))
    assert (found.test, found.row) == ("fill_price", _bar(panel, rows[at]))
    assert "neither the one it named" in found.sentence


def _bar(panel: Panel, fill: dict[str, object]) -> int:
    return int(np.searchsorted(panel.ts, fill["bar_ts"].value))


def labelled(panel: Panel, bars: int) -> tuple[np.ndarray, np.ndarray]:
    """The return over the bars after each, and when it is known; by hand, without the stage's code."""
    value = np.full(panel.close.shape, np.nan)
    value[:-bars] = panel.close[bars:] / panel.close[:-bars] - 1.0
    known = np.zeros(panel.close.shape, dtype=np.int64)
    known[:-bars] = panel.ts[bars:, None]
    return value, known


def test_a_label_among_the_features_is_found_whatever_its_scale() -> None:
    panel = market()
    value, known = labelled(panel, 5)
    (found,) = label_among_features(
        panel, {"feature x.value": 3.0 - 2.0 * value}, {"next.value": value}, {"next.value": known}
    )
    assert (found.subject, found.row) == ("feature x.value", 0)
    assert "holds the label next.value, which is known only at 1970-01-06T21:00:00Z" in found.sentence


TEST = (200, 250)


def test_a_fold_that_was_not_purged_is_found_at_the_first_row_that_knows_the_test() -> None:
    panel = market()
    split = Split(((0, 200), (250, 400)), (TEST,))
    (found,) = unpurged(panel, {"label next.value": labelled(panel, 5)[1]}, [split])
    assert (found.row, found.value) == (195, 5.0)  # the outcome of row 195 is known at row 200, the test's first
    assert found.test == "unpurged_fold"


def test_the_same_is_found_by_changing_the_test() -> None:
    panel = market()
    split = Split(((0, 200), (250, 400)), (TEST,))
    (found,) = out_of_fold(lambda world, _: {"label": labelled(world, 5)[0]}, panel, [split], seed=1)
    assert (found.subject, found.row) == ("label", 195)


def test_a_scaler_fitted_on_all_rows_is_found_at_the_first_train_row() -> None:
    panel = market()
    split = Split(((30, 190), (270, 400)), (TEST,))
    (found,) = out_of_fold(lambda world, _: {"score": whole_sample_zscore(world)}, panel, [split], seed=1)
    assert (found.row, found.test) == (30, "out_of_fold")
    assert "the train rows of split 0" in found.fact


def test_a_score_without_an_embargo_is_found_by_what_it_declares() -> None:
    panel = market()
    begins = {"feature score.value": fitted_since(panel, 20)}
    (found,) = unpurged(panel, {}, [Split(((0, 200), (255, 400)), (TEST,))], begins=begins)
    assert (found.row, found.value) == (255, 14.0)  # rows 255 to 268 are fitted on row 249, the test's last


def test_a_universe_of_those_who_lived_on_is_found() -> None:
    lives = {f"S{i:02d}": Life(0, 100 * DAY if i < 20 else (30 + i) * DAY) for i in range(40)}
    universe = [f"S{i:02d}" for i in range(6)]
    (found,) = survivorship(universe, lives, start=DAY, end=100 * DAY, grace=10 * DAY)
    # 20 of 40 died: C(20, 6) / C(40, 6) = 38,760 / 3,838,380
    assert found.value == pytest.approx(38_760 / 3_838_380)
    assert (found.symbol, found.ts, found.expected) == ("S20", 50 * DAY, 3.0)


def test_recorded_prices_are_found_though_they_do_not_move_with_the_bars() -> None:
    panel = market()
    tape = next_close(panel)
    assert looked_at(lambda world: tape[: len(world.ts)], panel).findings == ()
    (found,) = foreknown(panel, {"feature tape.value": tape})
    assert found.value > 0.99
    assert (
        abs(np.diff(np.log(panel.close[:, 0]))[found.row]) > 0.04
    )  # a bar that gives it away: a move of two deviations


def test_a_start_that_is_remembered_longer_than_declared_is_found() -> None:
    close = market().close
    mean = np.cumsum(close, axis=0) / np.arange(1, BARS + 1)[:, None]
    later = np.full_like(mean, np.nan)
    later[100:] = np.cumsum(close[100:], axis=0) / np.arange(1, BARS - 99)[:, None]
    (found,) = warm_up({"mean": later}, {"mean": mean}, 100, 150, place=Place(first=10)).findings
    assert (found.row, found.test) == (160, "warm_up")


def test_a_leak_in_a_feature_is_named_there_and_not_again_in_what_is_made_of_it(kernels, monkeypatch) -> None:
    panel = market()
    chain = Chain(
        tossing(panel), {"score": Plugged(fitted_zscore, FittedZscoreParams(fit_bars=20))}, kernels, is_compiled=False
    )
    honest = Chain.series

    def peeking(self, world, calls, first=0):
        return {
            name: next_close(replace(world, close=each)) for name, each in honest(self, world, calls, first).items()
        }

    monkeypatch.setattr(Chain, "series", peeking)
    result = chain.run(chain.ready(panel))
    tree = Leaks(chain, result, splits=(), seed=3, cuts=1).tree()
    assert [each["subject"] for each in tree["findings"] if each["test"] == "truncation"] == ["feature score.value"]
    assert tree["findings"][0]["bar"].endswith("T21:00:00Z")


def test_a_label_of_the_stage_is_found_among_features() -> None:
    panel = market()
    back = np.full(panel.close.shape, np.nan)
    back[5:] = panel.close[5:] / panel.close[:-5] - 1.0
    table = label_rows(panel, {"next.value": back}, {"next": 5})
    told = np.array(table.column("next.value"))[:, None]
    _, known = labelled(panel, 5)
    (found,) = label_among_features(panel, {"feature x.value": told}, {"next.value": told}, {"next.value": known})
    assert found.test == "label_among_features"


def test_a_recursive_series_agrees_once_it_has_settled_and_not_before(kernels) -> None:
    panel = market()
    chain = Chain(tossing(panel), {}, kernels, is_compiled=False)
    whole = chain.series(panel, {"x": ema("close", 10)})
    later = chain.series(panel, {"x": ema("close", 10)}, 150)
    assert warm_up(later, whole, 150, 390).findings == ()
    (found,) = warm_up(later, whole, 150, 160).findings
    assert found.row == 160
