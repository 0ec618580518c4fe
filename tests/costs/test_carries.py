from __future__ import annotations

import pytest
from pydantic import ValidationError

from enerqis.costs import borrow_rate, funding_rate
from enerqis.costs.borrow_rate import BorrowRateParams
from enerqis.costs.funding_rate import FundingRateParams

RATES = BorrowRateParams(short_rate=0.02, debit_rate=0.06, credit_rate=0.03)


def test_a_short_position_pays_its_rate_by_actual_days_over_365():
    # 2 % of 73,000 for 10 days of 365
    assert borrow_rate.holding_cost(RATES, -73_000.0, 10.0, 0.0) == pytest.approx(40.0)
    assert borrow_rate.holding_cost(RATES, 73_000.0, 10.0, 0.0) == 0.0


def test_debt_pays_and_cash_earns():
    assert borrow_rate.cash_cost(RATES, -36_500.0, 5.0) == pytest.approx(30.0)
    assert borrow_rate.cash_cost(RATES, 36_500.0, 5.0) == pytest.approx(-15.0)


def test_funding_is_a_rate_on_notional_at_each_settlement():
    p = FundingRateParams(rate_bps=1.5)
    assert funding_rate.holding_cost(p, 20_000.0, 1.0, 3.0) == pytest.approx(9.0)
    assert funding_rate.holding_cost(p, -20_000.0, 1.0, 1.0) == pytest.approx(-3.0)


def test_an_hour_that_no_day_has_is_refused():
    with pytest.raises(ValidationError, match="less than or equal to 23"):
        FundingRateParams(settlement_hours_utc=(24,))
