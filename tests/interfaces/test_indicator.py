import pytest

from enerqis.indicators import atr, macd, rsi
from enerqis.interfaces.indicator import IndicatorCall, contradiction, declare, geometric_settling


def test_a_declaration_keeps_its_numbers_as_floats_in_order():
    call = declare("macd", ("close",), fast_bars=3, slow_bars=7)
    assert call == IndicatorCall("macd", ("close",), (("fast_bars", 3.0), ("slow_bars", 7.0)))


@pytest.mark.parametrize("source", ["clos", "a.b.c", ""])
def test_a_source_of_no_bar_and_no_feature_is_refused(source):
    with pytest.raises(ValueError, match=r"is unknown. Allowed: open, high, low, close, volume, or NAME.COLUMN"):
        declare("sma", (source,), lookback_bars=3)


def test_an_infinite_number_is_refused():
    with pytest.raises(ValueError, match="bollinger: width_deviations must be a finite number, got inf"):
        declare("bollinger", ("close",), width_deviations=float("inf"))


@pytest.mark.parametrize(
    ("module", "call", "message"),
    [
        (rsi, rsi.rsi("close", 14), ""),
        (atr, atr.atr(14), ""),
        (rsi, IndicatorCall("rsi", ("close",), ()), "rsi needs the arguments lookback_bars, got none"),
        (rsi, IndicatorCall("rsi", ("high", "low"), (("lookback_bars", 3.0),)), "rsi reads 1 source(s), got 2"),
        (
            atr,
            IndicatorCall("atr", ("close",), (("lookback_bars", 3.0),)),
            "atr reads high, low, close in this order, got close",
        ),
        (
            macd,
            IndicatorCall("macd", ("close",), (("fast_bars", 9.0), ("slow_bars", 3.0), ("signal_bars", 2.0))),
            "macd: fast_bars (9.0) must be less than slow_bars (3.0)",
        ),
    ],
)
def test_a_declaration_by_hand_is_held_against_the_indicators_own(module, call, message):
    assert contradiction(module, call) == message


def test_the_start_of_an_average_is_forgotten_when_it_weighs_less_than_a_ten_trillionth():
    assert geometric_settling(0.5) == 44  # 2**-44 = 5.7e-14
    assert geometric_settling(1.0) == 0
