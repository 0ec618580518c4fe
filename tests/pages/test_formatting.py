import math

import pytest

from enerqis.pages.formatting import amount, day, figure, instant, iso_instant, label, number, price, short

MINUS, NARROW, DASH = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}", "\N{EN DASH}"


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(1234.5, 2, "1,234.50"), (-0.001, 2, "0.00"), (-12.0, 0, f"{MINUS}12"), (math.nan, 2, DASH), (-math.inf, 2, DASH)],
)
def test_numbers_are_grouped_and_zero_has_no_sign(value, digits, expected):
    assert number(value, digits) == expected


def test_money_has_cents_below_a_thousand_only():
    assert (amount(999.994), amount(1000.6), amount(-2500.0)) == ("999.99", "1,001", f"{MINUS}2,500")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.23456, "1.2346"), (123.456, "123.46"), (43210.987, "43,210.99"), (0.000123456, "0.00012346"), (0.0, "0.00")],
)
def test_prices_keep_five_significant_digits(value, expected):
    assert price(value) == expected


@pytest.mark.parametrize(
    ("key", "value", "text", "words"),
    [
        ("max_drawdown_fraction", 0.1234, f"12.3{NARROW}%", "Max drawdown"),
        ("sharpe_ratio", 1.005, "1.00", "Sharpe ratio"),
        ("beta_ratio", 0.5, "0.50", "Beta"),
        ("trades_count", 1234.0, "1,234", "Trades closed"),
        ("longest_drawdown_sessions", 40.0, "40", "Longest drawdown, sessions"),
        ("costs_bps", 12.34, f"12.3{NARROW}bps", "Costs per notional traded"),
        ("rich.sharpe_ratio", 2.0, "2.00", "Sharpe ratio (rich)"),
        ("my_own", 3.0, "3.00", "My own"),
    ],
)
def test_a_figure_is_shown_in_the_unit_its_key_ends_with(key, value, text, words):
    assert figure(key, value) == text
    assert label(key) == words


def test_dates_and_instants_are_utc():
    assert day(11_017) == "2000-03-01"
    assert instant(951_915_600_000_000_000) == "2000-03-01 13:00"
    assert iso_instant(951_915_600_000_000_000) == "2000-03-01T13:00:00Z"


def test_a_hash_is_shortened():
    assert short("0123456789abcdef") == "0123456789ab"
