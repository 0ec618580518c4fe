import pytest
from pydantic import ValidationError

from enerqis.features.indicator import IndicatorParams, columns
from enerqis.indicators.atr import atr
from enerqis.indicators.rsi import rsi


def test_it_is_the_indicator_it_names():
    params = IndicatorParams(indicator="rsi", arguments={"lookback_bars": 14})
    assert columns(params) == {"value": rsi("close", 14)}


def test_an_indicator_of_several_sources_names_them_in_order():
    params = IndicatorParams(indicator="atr", source=("high", "low", "close"), arguments={"lookback_bars": 14})
    assert columns(params) == {"value": atr(14)}


def test_a_window_that_is_no_count_of_bars_is_refused():
    params = IndicatorParams(indicator="rsi", arguments={"lookback_bars": 2.5})
    with pytest.raises(ValueError, match="lookback_bars must be a whole number"):
        columns(params)


def test_a_name_that_no_file_can_have_is_refused():
    with pytest.raises(ValidationError, match="String should match pattern"):
        IndicatorParams(indicator="../rsi")
