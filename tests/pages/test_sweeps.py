import math

from enerqis.pages.index import render_index
from enerqis.pages.sweeps import sweep_view

FIGURES = {"sharpe_annual_ratio": 1.0, "total_return_fraction": 0.5, "max_drawdown_fraction": 0.25, "fills_count": 7}
POINTS = [
    {"strategy.fast_bars": fast, "strategy.slow_bars": slow, "same_as": -1, **FIGURES}
    for fast in (5, 10)
    for slow in (30, 40)
]
FACTS = {"points": 4, "failed": 1, "left_out": 2}


def view(scores, deflated_sharpe=0.31):
    return sweep_view(
        "grid",
        experiment="goog",
        facts=FACTS,
        objective="sharpe",
        parameters=["strategy.fast_bars", "strategy.slow_bars"],
        points=POINTS,
        scores=scores,
        deflated_sharpe=deflated_sharpe,
    )


def test_the_best_points_come_first_and_failed_ones_not_at_all():
    found = view([0.1, math.nan, 0.3, 0.2])
    assert [row[:2] for row in found.rows] == [("10", "30"), ("10", "40"), ("5", "30")]
    assert found.rows[0][2:] == ("1.00", "50.0\N{NARROW NO-BREAK SPACE}%", "25.0\N{NARROW NO-BREAK SPACE}%", "7")
    assert found.sentence == "4 points, 1 failed, 2 left out by constraints; judged by sharpe"


def test_cells_are_shaded_from_the_worst_to_the_best():
    found = view([0.1, math.nan, 0.3, 0.2])
    assert [[cell.level for cell in line] for line in found.cells] == [[1, 0], [8, 5]]
    assert found.cells[1][0].says == "10, 30: 0.3"


def test_the_index_page_shows_sweeps_and_is_silent_without_any():
    page = render_index([], [view([0.1, 0.2, 0.3, 0.4])])
    assert "<h2>Sweeps</h2>" in page
    assert "strategy.fast_bars" in page
    assert page.count('class="heat') >= 1
    assert "Sweeps" not in render_index([])


def test_the_best_point_is_never_shown_without_how_much_of_it_is_luck():
    said = "not counted, the best of these points has a deflated Sharpe ratio of 0.31: likely luck."
    assert said in render_index([], [view([0.1, 0.2, 0.3, 0.4])])
    assert "cannot be said of so few" in view([0.1, 0.2, 0.3, 0.4], math.nan).luck
    assert view([math.nan] * 4).luck == ""
