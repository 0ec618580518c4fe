import math

from enerqis.metrics.exposure import ExposureParams, compute


def test_exposure_by_hand(make_evidence, equity_table):
    assert compute(ExposureParams(), make_evidence([0.1], equity=equity_table)) == {
        "mean_gross_exposure_fraction": 0.5,
        "max_gross_exposure_fraction": 1.5,
        "mean_net_exposure_fraction": 0.0,
        "time_in_market_fraction": 0.5,
    }


def test_without_a_bar_there_are_no_figures(make_evidence):
    assert all(map(math.isnan, compute(ExposureParams(), make_evidence([])).values()))
