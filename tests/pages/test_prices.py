from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from enerqis.pages import prices
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


def without_half_a_year(content):
    bars = content.bars
    day = bars.column("session").cast(pa.int32()).to_numpy()
    first, last = (np.datetime64(each, "D").astype(int) for each in ("2007-01-01", "2007-07-01"))
    kept = pa.array((day < first) | (day >= last))
    return replace(content, bars=bars.filter(kept))


def test_a_line_breaks_where_bars_are_missing_for_long(content):
    whole = price_series(content, Timeline(content.bars))[0]
    assert None not in whole["close"]
    gapped = without_half_a_year(content)
    apple = price_series(gapped, Timeline(gapped.bars))[0]
    t, at = np.cumsum(apple["t"]) // 86_400, apple["close"].index(None)
    assert apple["close"].count(None) == 1
    assert [str(np.datetime64(int(each), "D")) for each in t[at - 1 : at + 2]] == [
        "2006-12-29",
        "2007-03-31",
        "2007-07-02",
    ]
    assert all(line["values"][at] is None for line in apple["lines"])
    assert (np.diff(t) > 0).all()


def test_a_gap_survives_thinning(content, monkeypatch):
    monkeypatch.setattr(prices, "VALUES_ON_PAGE", 1)
    gapped = without_half_a_year(content)
    apple = price_series(gapped, Timeline(gapped.bars))[0]
    assert 200 < len(apple["close"]) <= 253
    assert apple["close"].count(None) == 1
