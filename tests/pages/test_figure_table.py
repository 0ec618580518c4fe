from enerqis.pages.figure_table import figure_groups


def test_figures_stand_in_groups_beside_the_benchmark_and_none_is_lost():
    metrics = {
        "sharpe_ratio": 1.0,
        "benchmark_sharpe_ratio": 0.5,
        "total_return_fraction": 0.1,
        "benchmark_annual_return_fraction": 0.2,
        "my_own_count": 7.0,
    }
    groups = figure_groups(metrics)
    assert [group.title for group in groups] == ["Return", "Risk", "Other"]
    (sharpe,) = groups[1].rows
    assert (sharpe.label, sharpe.text, sharpe.benchmark) == ("Sharpe ratio", "1.00", "0.50")
    assert [(row.key, row.text != "", row.benchmark != "") for row in groups[0].rows] == [
        ("total_return_fraction", True, False),
        ("annual_return_fraction", False, True),
    ]
    assert [group.is_compared for group in groups] == [True, True, False]


def test_without_figures_there_are_no_groups():
    assert figure_groups({}) == []
