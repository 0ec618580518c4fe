"""What a tracker is told: flattening, thinning and the identity of a run."""

from enerqis.tracking.record import EquityPoint, RunRecord, flatten, thin


def _record(**changes):
    plain = {
        "experiment": "e",
        "stage_ids": {"backtest": "b", "report": "r"},
        "params": {},
        "dataset": "d",
        "dataset_sha256": "0" * 64,
        "metrics": {},
    }
    return RunRecord(**{**plain, **changes})


def test_a_spec_becomes_dotted_keys_and_text():
    spec = {
        "strategy": {"kind": "sma_cross", "fast_bars": 10},
        "universe": {"symbols": ["AAPL", "IBM"], "end": None},
        "feature": {},
    }
    assert flatten(spec) == {
        "strategy.kind": "sma_cross",
        "strategy.fast_bars": "10",
        "universe.symbols": '["AAPL", "IBM"]',
        "universe.end": "null",
        "feature": "{}",
    }


def test_a_short_curve_is_kept_whole():
    assert thin([5, 6], [1.0, 2.0]) == (EquityPoint(0, 5, 1.0), EquityPoint(1, 6, 2.0))
    assert thin([], []) == ()


def test_a_long_curve_keeps_its_ends_and_even_steps():
    points = thin(range(1001), [float(bar) for bar in range(1001)], max_points=5)
    assert [point.bar for point in points] == [0, 250, 500, 750, 1000]


def test_the_identity_is_the_stage_ids_and_nothing_else():
    assert _record().identity == _record(experiment="other", metrics={"sharpe": 1.0}).identity
    assert _record().identity != _record(stage_ids={"backtest": "b", "report": "other"}).identity


def test_figures_that_are_not_finite_are_left_out():
    assert _record(metrics={"a": 1.0, "b": float("nan"), "c": float("inf")}).finite_metrics == {"a": 1.0}
