"""How much of a sweep's best point is luck goes by its trials, not by its rows."""

import json

import numpy as np

from enerqis.io.parquet import write_table
from enerqis.pipeline.evaluating import Entry
from enerqis.pipeline.point_table import FIGURES, POINTS_TABLE, blank, point_table
from enerqis.pipeline.sweep_views import view_of

FACTS = {"points": 0, "failed": 0, "left_out": 0}


def _seen(folder, sharpes, points):
    """Return what the page says of points named by (trial, part of the bars, number of an equal one)."""
    folder.mkdir()
    rows = blank(len(points))
    figures = {"skewness": 0.0, "kurtosis": 3.0, "sharpe_per_bar_ratio": sharpes}
    figures["bars_count"] = [1000 * fraction for _, fraction, _ in points]
    for name, values in figures.items():
        rows[:, FIGURES.index(name)] = values
    entries = [
        Entry({"strategy.fast_bars": row}, fraction, trial=trial, same_as=same_as)
        for row, (trial, fraction, same_as) in enumerate(points)
    ]
    write_table(point_table(entries, rows), folder / POINTS_TABLE)
    spec = {"search": {"objective": "sharpe", "direction": "maximize"}}
    (folder / "receipt.json").write_text(json.dumps({"facts": FACTS, "spec": spec}), encoding="utf-8")
    return view_of(folder, name="small", experiment="any").luck


def test_rungs_equal_points_and_wrong_specs_are_no_further_trials(tmp_path):
    sharpes = np.array([0.01, -0.02, 0.03, 0.08])
    once = _seen(tmp_path / "once", sharpes, [(name, 1.0, -1) for name in "abcd"])
    more = [("c", 0.5, -1), ("d", 0.5, -1), *((name, 1.0, -1) for name in "abcd"), ("", 1.0, -1), ("d", 1.0, 5)]
    again = _seen(tmp_path / "again", [0.2, -0.2, *sharpes, np.nan, 0.08], more)
    assert "deflated Sharpe ratio of" in once
    assert again == once
