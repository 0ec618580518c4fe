import pytest

from enerqis.quant.constraints import parse_constraint

VALUES = {"strategy.fast_bars": 10, "strategy.slow_bars": 30, "strategy.is_on": True, "strategy.source": "close"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("strategy.fast_bars < strategy.slow_bars", True),
        ("strategy.fast_bars*3 >= strategy.slow_bars", True),
        ("strategy.fast_bars*3 > strategy.slow_bars", False),
        ("2 * (strategy.fast_bars + 5) == strategy.slow_bars", True),
        ("strategy.slow_bars - strategy.fast_bars - 5 != 15", False),  # from left to right: 30 - 10 - 5
        ("-strategy.fast_bars <= -1e1", True),
        ("strategy.slow_bars / 0 > 1", False),
        ("strategy.source > 0", False),
        ("strategy.is_on == 1", True),
        ("strategy.absent < 5", False),
    ],
)
def test_a_comparison_means_what_arithmetic_says(text, holds):
    assert parse_constraint(text).holds(VALUES) is holds


def test_a_comparison_names_its_keys_once():
    assert parse_constraint("strategy.a + strategy.b < strategy.a").keys == ("strategy.a", "strategy.b")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("strategy.a <", "expected a number, a key or .*, found nothing"),
        ("strategy.a", "expected one of < <= > >= == !=, found"),
        ("1 < 2 < 3", "expected the end, found '<'"),
        ("(1 < 2", "expected .*, found '<'"),
        ("__import__('os').x < 1", "cannot be read from"),
        ("strategy.a < 1; strategy.b", "cannot be read from"),
        ("(" * 21 + "1" + ")" * 21 + " < 2", "expected a number"),
        ("", "found nothing"),
    ],
)
def test_anything_else_is_refused_where_it_stops_making_sense(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_constraint(text)
