import math

from enerqis.quant.heatmap import heatmap

POINTS = [{"a": a, "b": b, "fixed": 1, "c": c} for a in (10, 5) for b in (2, 1) for c in ("x", "y")]
SCORES = [1.0, 4.0, math.nan, 2.0, math.nan, math.nan, 3.0, -1.0]


def test_cells_hold_the_best_score_over_the_first_two_parameters_that_vary():
    found = heatmap(POINTS, SCORES, tallest=9, widest=9)
    assert found is not None
    assert (found.down, found.across, found.rows, found.columns) == ("a", "b", (5, 10), (1, 2))
    assert found.cells == ((3.0, None), (2.0, 4.0))
    assert (found.low, found.high, found.share(3.0)) == (2.0, 4.0, 0.5)


def test_what_does_not_fit_is_left_out():
    found = heatmap(POINTS, SCORES, tallest=1, widest=1)
    assert found is not None
    assert found.cells == ((3.0,),)
    assert found.share(3.0) == 1.0


def test_without_two_parameters_or_a_score_there_is_none():
    assert heatmap([{"a": 1}, {"a": 2}], [1.0, 2.0], tallest=9, widest=9) is None
    assert heatmap(POINTS, [math.nan] * 8, tallest=9, widest=9) is None
