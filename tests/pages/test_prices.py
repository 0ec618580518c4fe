from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from enerqis.pages.prices import price_series
from enerqis.pages.timeline import Timeline


def test_prices_are_carried_forward_over_splits(content):
    apple, google = price_series(content, Timeline(content.bars))
    assert (apple["name"], google["name"]) == ("AAPL", "GOOG")
    raw = content.bars.filter(pa.compute.equal(content.bars.column("symbol"), "AAPL")).column("close").to_pylist()
    assert apple["close"][0] == pytest.approx(raw[0], rel=1e-5)
    assert apple["close"][-1] == pytest.approx(2.0 * raw[-1], rel=1e-5)  # one split, two for one
    assert max(np.abs(np.diff(np.log(apple["close"])))) < 0.25


def test_an_oscillator_as_high_as_the_price_is_not_drawn_over_it(content):
    count = content.indicators.num_rows
    wave = pa.array(150.0 + 30.0 * np.sin(np.arange(count) / 3.0))
    with_wave = replace(content, indicators=content.indicators.append_column("rsi", wave))
    lines = {line["name"]: line["panel"] for line in price_series(with_wave, Timeline(content.bars))[0]["lines"]}
    assert lines["rsi"] == "rsi"


def test_values_before_the_warm_up_are_missing_not_zero(content):
    line = price_series(content, Timeline(content.bars))[0]["lines"][1]
    assert (line["name"], line["values"][:79]) == ("slow", [None] * 79)
    assert line["values"][79] is not None


def test_a_symbol_without_indicators_is_drawn_without_lines(content):
    bare = replace(
        content, indicators=pa.table({"ts": content.bars.column("ts")[:0], "symbol": pa.array([], pa.string())})
    )
    assert [each["lines"] for each in price_series(bare, Timeline(content.bars))] == [[], []]
