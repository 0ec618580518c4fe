import math

import pytest

from enerqis.metrics.costs import CostsParams, compute


def test_costs_by_hand(make_evidence, fills):
    found = compute(CostsParams(), make_evidence([0.1], fills=fills))
    assert found["commission_amount"] == 3.0
    assert found["slippage_amount"] == 1.5
    assert found["costs_bps"] == pytest.approx(4.5 / 1100.0 * 10_000)
    assert found["costs_of_initial_cash_fraction"] == pytest.approx(0.0045)


def test_carry_stands_beside_what_trading_took(make_evidence, fills, equity_table):
    found = compute(CostsParams(), make_evidence([0.1], fills=fills, equity=equity_table))
    assert found["carry_amount"] == pytest.approx(0.15)
    assert found["costs_bps"] == pytest.approx(4.5 / 1100.0 * 10_000)
    assert found["costs_of_initial_cash_fraction"] == pytest.approx(0.00465)


def test_without_a_fill_nothing_was_paid(make_evidence):
    found = compute(CostsParams(), make_evidence([0.1]))
    assert found["commission_amount"] == 0.0
    assert math.isnan(found["costs_bps"])
