"""Rows worked out by hand."""

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.engines.warmup import bars_needed, seen_before, warmup_row
from enerqis.indicators.ema import ema
from enerqis.indicators.macd import macd
from enerqis.indicators.roc import roc
from enerqis.indicators.sma import sma
from tests.engines.scenes import panel_of

NAN = float("nan")


def test_a_window_needs_its_bars_and_an_average_that_never_ends_until_it_has_settled():
    assert bars_needed(sma("close", 30)) == 30
    # ten bars make the first value; of it 1e-13 is left after log(1e-13) / log(1 - 2 / 11) = 149.2 more
    assert bars_needed(ema("close", 10)) == 10 + 150
    assert bars_needed(macd("close", 2, 3, 2)) >= bars_needed(ema("close", 3))


def test_the_first_value_comes_at_the_first_row_of_the_account():
    panel = panel_of(np.arange(10.0, 20.0))
    assert warmup_row(panel, [sma("close", 3)], 4) == 2
    assert warmup_row(panel, [sma("close", 3), roc("close", 4), sma("close", 5)], 6) == 2
    assert warmup_row(panel, [], 6) == 6
    assert warmup_row(panel, [sma("close", 8)], 6) == 0


def test_bars_are_those_of_each_asset():
    panel = panel_of([[10.0, 1.0], [11.0, 1.0], [12.0, 1.0], [13.0, NAN], [14.0, NAN], [15.0, 1.0]])
    assert warmup_row(panel, [sma("close", 3)], 5) == 1  # of the second: rows 1, 2 and 5
    assert warmup_row(panel, [sma("close", 3)], 4) == 0


def test_a_feature_that_is_still_warming_up_is_not_seen():
    panel = panel_of(np.arange(10.0, 17.0), plan={"target": [NAN, NAN, 1, 1, 1, 1, 1]})
    assert warmup_row(panel, [sma("plan.target", 3)], 5) == 3
    assert warmup_row(panel, [sma("plan.target", 5)], 5) == 0


def test_an_asset_is_known_by_its_bars_and_its_last_close():
    panel = panel_of(
        [[10.0, NAN, NAN], [NAN, 8.0, NAN], [NAN, 9.0, NAN], [12.0, 9.5, 7.0]],
        split=[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [2.0, 1.0, 1.0], [1.0, 1.0, 1.0]],
    )
    assert seen_before(panel, 3).tolist() == [[1.0, 5.0], [2.0, 9.0], [0.0, 0.0]]
    assert seen_before(panel, 0).tolist() == [[0.0, 0.0]] * 3


def test_a_source_that_does_not_exist_is_named():
    with pytest.raises(StageError, match=r"source 'plan\.other' is unknown"):
        warmup_row(panel_of([1.0, 2.0]), [sma("plan.other", 2)], 1)
