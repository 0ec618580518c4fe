from enerqis.cli.console import Console
from enerqis.cli.progress import best_line, heat_lines, panel, progress_line
from enerqis.pipeline.evaluating import Progress
from enerqis.pipeline.standing import Best

POINTS = [
    {"strategy.fast_bars": fast, "strategy.slow_bars": slow, "seed": 0} for fast in (5, 10) for slow in (30, 40, 50)
]


def test_counts_rate_and_time_left_are_said():
    progress = Progress(taken=100, done=50, failed=3, total=200)
    assert progress_line(progress, seconds=10.0) == "50 of 200 done, 3 failed, 5 points/s, 30 s left"
    assert progress_line(Progress(done=20), seconds=10.0) == "20 done, 0 failed, 2 points/s"


def test_the_best_point_comes_with_what_is_left_of_it():
    best = Best(0, {"sharpe_annual_ratio": 1.234}, 0.305, 1250)
    assert best_line({"a.b": 3}, best) == "best so far: a.b=3: Sharpe 1.23 a year, deflated 0.30 (of 1250 trials)"
    assert "deflated unknown" in best_line({}, best._replace(deflated_sharpe=float("nan")))


def test_the_heatmap_shades_the_scores_of_the_first_two_keys_that_vary():
    scores = [0.0, 0.5, float("nan"), 0.25, 1.0, 0.75]
    assert heat_lines(POINTS, scores) == [
        "strategy.fast_bars down, strategy.slow_bars 30 to 50 across; the fuller the cell, the better",
        " 5  ▒·",
        "10 ░█▓",
    ]
    assert heat_lines(POINTS[:3], scores[:3]) == []


def test_nothing_is_drawn_where_nobody_watches(capsys):
    with panel(Console()) as show:
        show(None)
    assert capsys.readouterr() == ("", "")
