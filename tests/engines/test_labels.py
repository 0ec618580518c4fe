"""Labels by hand: two assets, one with a bar missing."""

import numpy as np
import pytest

from enerqis.engines.labels import label_rows
from enerqis.features.forward_return import ForwardReturnParams, columns
from enerqis.indicators import roc
from enerqis.laws.streaming import indicator_array
from tests.engines.scenes import DAY, HOUR, panel_of

NAN = float("nan")


@pytest.mark.parametrize("bars", [2, 7])
def test_a_label_stands_at_the_bar_it_is_about_and_says_when_it_is_known(bars):
    panel = panel_of([[10.0, 4.0], [11.0, NAN], [12.0, 5.0], [9.0, 6.0], [15.0, 8.0]])
    looking_back = np.full((5, 2), NAN)
    looking_back[2:, 0] = [0.2, 9 / 11 - 1, 0.25]
    looking_back[3:, 1] = [0.5, 0.6]  # of the asset's own bars: 6 over 4, 8 over 5
    table = label_rows(panel, {"next.value": looking_back}, {"next": bars})
    rows = table.to_pydict()
    assert rows["symbol"] == ["A"] * 5 + ["B"] * 4
    days = [None if each is None else (each.value - 21 * HOUR) // DAY for each in rows["next.available_at"]]
    if bars == 7:
        assert days == [None] * 9
        assert np.isnan(rows["next.value"]).all()
        return
    assert days == [2, 3, 4, None, None, 3, 4, None, None]
    np.testing.assert_array_equal(rows["next.value"], [0.2, 9 / 11 - 1, 0.25, NAN, NAN, 0.5, 0.6, NAN, NAN])


def test_the_forward_return_of_a_bar_is_that_of_the_bars_after_it():
    closes = [10.0, 12.0, 9.0, 18.0]
    call = columns(ForwardReturnParams(horizon_bars=1))["value"]
    looking_back = indicator_array(roc, call, {"close": np.array(closes)})
    table = label_rows(panel_of(closes), {"next.value": looking_back}, {"next": 1})
    np.testing.assert_allclose(table.column("next.value"), [0.2, -0.25, 1.0, NAN])
