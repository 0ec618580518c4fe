"""Signatures of equity curves: one grid of time for every trial on a dataset."""

import base64

import numpy as np
import pytest

from enerqis.quant.signatures import BLOCKS, block_ends, returns_of, signature_of, signatures

FIRST, LAST = 0, 6400


def test_each_block_holds_the_return_between_its_ends():
    ts = np.arange(100, 6401, 100)  # one bar a block
    equity = 100.0 * 1.5 ** np.arange(1, 65)
    found = returns_of(signature_of(equity, ts, initial=100.0, first_ts=FIRST, last_ts=LAST))
    assert found == pytest.approx(np.full(64, 0.5))


def test_blocks_without_a_bar_are_nan_and_the_next_counts_from_the_last_value():
    ts = np.array([150, 420])  # in blocks 1 and 4
    found = returns_of(signature_of(np.array([110.0, 132.0]), ts, initial=100.0, first_ts=FIRST, last_ts=LAST))
    assert np.flatnonzero(np.isfinite(found)).tolist() == [1, 4]
    assert found[[1, 4]] == pytest.approx([0.1, 0.2], rel=1e-3)


def test_bars_of_any_frequency_lie_on_one_grid():
    fine, coarse = np.arange(10, 6401, 10), np.arange(100, 6401, 100)
    curve = 1.0 + np.sin(fine / 300.0) / 3.0
    coarse_curve = curve[9::10]
    one = signature_of(curve, fine, initial=1.0, first_ts=FIRST, last_ts=LAST)
    assert one == signature_of(coarse_curve, coarse, initial=1.0, first_ts=FIRST, last_ts=LAST)


def test_a_sweep_needs_equity_at_the_ends_of_blocks_only():
    clocks = [
        np.arange(7, 6401, 7),
        np.arange(600, 3000, 150),
    ]  # the second begins late, ends early, has blocks without a bar
    curves = [1.0 + np.cos(ts / 500.0) / 2.0 for ts in clocks]
    ends = np.array([block_ends(ts, first_ts=FIRST, last_ts=LAST) for ts in clocks])
    assert ends.shape == (2, BLOCKS)
    marks = np.array([np.where(rows < 0, np.nan, curve[rows]) for curve, rows in zip(curves, ends, strict=True)])
    found = signatures(marks, ends, initial=np.array([1.5, 2.0]))
    whole = [
        signature_of(curve, ts, initial=initial, first_ts=FIRST, last_ts=LAST)
        for curve, ts, initial in zip(curves, clocks, (1.5, 2.0), strict=True)
    ]
    assert found == whole
    assert np.isfinite(returns_of(found[1])).sum() == len(clocks[1])


def test_ruin_and_an_empty_signature():
    ts = np.array([100, 200, 300])
    found = returns_of(signature_of(np.array([50.0, 0.0, 0.0]), ts, initial=100.0, first_ts=FIRST, last_ts=LAST))
    assert found[:3].tolist() == [-0.5, -1.0, 0.0]
    assert np.isnan(returns_of("")).all()


def test_it_is_128_bytes_of_little_endian_float16():
    text = signature_of(np.array([101.0]), np.array([50]), initial=100.0, first_ts=FIRST, last_ts=LAST)
    content = base64.b64decode(text)
    assert len(content) == 128
    assert np.frombuffer(content, "<f2")[0] == np.float16(0.01)
