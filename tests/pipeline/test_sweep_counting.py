"""Of how many the best point of a sweep is one: trials of this sweep, of the ledger, and those that git keeps."""

import numpy as np
import pytest

from enerqis.interfaces.search import SearchParams
from enerqis.io.trial_file import Record, path_of, text_of
from enerqis.pipeline.evaluating import Entry
from enerqis.pipeline.point_table import FIGURES, blank, point_table
from enerqis.pipeline.sweep_counting import SweepCount
from enerqis.spec.trials import TrialLine
from enerqis.tracking.embedded import Embedded
from enerqis.tracking.ledger import Ledger

DATA, OTHER = "d" * 64, "e" * 64
FIGURE = {
    "bars_count": 1001,
    "bars_per_year": 252.0,
    "return_deviation_fraction": 0.01,
    "skewness": 0.0,
    "kurtosis": 3.0,
}


def _table(points):
    """Return a table of points named by (trial, content, ratio per bar)."""
    rows = blank(len(points))
    for name, value in FIGURE.items():
        rows[:, FIGURES.index(name)] = value
    ratios = np.array([ratio for _, _, ratio in points])
    rows[:, FIGURES.index("sharpe_per_bar_ratio")] = ratios
    rows[:, FIGURES.index("mean_return_fraction")] = 0.01 * ratios
    entries = [
        Entry({"seed": row}, 1.0, trial=trial, content=content, run_id=f"run{row}", strategy_kind="any")
        for row, (trial, content, _) in enumerate(points)
    ]
    return point_table(entries, rows)


def _recorded(root, keys):
    path = path_of(root, "metals")
    path.parent.mkdir(parents=True)
    figures = {"periods": 1000, "std": 0.01, "skew": 0.0, "kurtosis": 3.0, "periods_per_year": 252.0}
    lines = [
        TrialLine(
            after=(), content=DATA, key=key, strategy="any", signature="", mean=0.001 * (1 - 2 * (i % 2)), **figures
        )
        for i, key in enumerate(keys)
    ]
    path.write_text(text_of(Record().with_trials(lines), "metals"), encoding="utf-8")


@pytest.fixture
def count(tmp_path):
    ledger = Ledger(Embedded(tmp_path / "ledger.db"))
    return SweepCount(tmp_path, ledger, SearchParams(), experiment="gold", dataset="metals")


A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def test_trials_that_only_git_knows_of_are_counted_each_key_once(tmp_path, count):
    points = [(A, DATA, 0.02), (B, DATA, 0.05)]
    alone = count.found(_table(points))
    _recorded(tmp_path, [B, *(f"{i:064x}" for i in range(8))])
    fresh = SweepCount(
        tmp_path, Ledger(Embedded(tmp_path / "new.db")), SearchParams(), experiment="gold", dataset="metals"
    )
    among = fresh.found(_table(points))
    assert (alone.trials, among.trials) == (2, 10)
    assert (alone.row, among.row) == (1, 1)
    assert among.deflated_sharpe < alone.deflated_sharpe  # the recorded ratios are 0.1 and -0.1 per bar, far apart


def test_the_best_is_counted_among_the_trials_on_its_own_data(count):
    best = count.found(_table([(A, OTHER, 0.01), (B, DATA, 0.05), (C, DATA, 0.02)]))
    assert (best.row, best.trials) == (1, 2)


def test_the_best_of_several_seeds_of_one_trial_speaks_for_it(count):
    best = count.found(_table([(A, DATA, 0.05), (A, DATA, 0.01), (B, DATA, 0.02)]))
    assert (best.row, best.trials) == (0, 2)
    assert best.figures["sharpe_per_bar_ratio"] == 0.05
