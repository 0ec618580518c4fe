import math

import pytest

from enerqis.metrics.turnover import TurnoverParams, compute


def test_turnover_by_hand(make_evidence, equity_table, fills):
    evidence = make_evidence([0.1] * 4, equity=equity_table, fills=fills)
    expected = 1100.0 / 1050.0 / (4 / evidence.sessions_per_year)  # notional over mean equity, per year
    assert compute(TurnoverParams(), evidence)["annual_turnover_ratio"] == pytest.approx(expected)


def test_without_a_bar_there_is_no_figure(make_evidence):
    assert math.isnan(compute(TurnoverParams(), make_evidence([]))["annual_turnover_ratio"])
