from enerqis.interfaces.strategy import Account, Bar, NoState
from enerqis.strategies.buy_and_hold import BuyAndHoldIndicators, BuyAndHoldParams, indicators, on_bar


def test_it_asks_for_the_same_exposure_at_every_bar():
    bar, account = Bar(1.0, 1.0, 1.0, 1.0, 0.0), Account(0.0, 0.0, 0.0, 1.0)
    decision = on_bar(BuyAndHoldParams(exposure=0.25), NoState(), bar, BuyAndHoldIndicators(), account)
    assert decision.target == 0.25


def test_it_looks_at_nothing():
    assert indicators(BuyAndHoldParams()) == {}
