"""Costs, cross-validation schemes and limits that break a law on purpose: each must be caught."""

import pytest

from tests.laws.planting import broken

SCHEME = '''
"""A scheme."""

from typing import Literal

from enerqis.interfaces.cv import PurgedParams, Split
from enerqis.quant.intervals import outside
from enerqis.quant.purging import trained_beside

SEEN = []


class ProbeParams(PurgedParams):
    """Parameters."""

    kind: Literal["probe"] = "probe"


def n_splits(params):
    """Return one."""
    return 1


def splits(params, timeline):
    """Yield a test of the middle third."""
    test = (timeline.instants // 3, 2 * timeline.instants // 3)
    whole = (0, timeline.instants)
'''


LIMIT = '''
"""A limit."""

from pydantic import Field

from enerqis.interfaces.risk import LimitParams

LOOSER = {"size": "up"}


class ProbeParams(LimitParams):
    """Parameters."""

    size: float = Field(0.5, description="size")


def limit_equity(p, equity, peak_equity, session_start_equity):
    """Return the factor."""
'''

SLIPPAGE = '''
"""A slippage."""

from typing import Literal

from enerqis.interfaces.cost import SlippageParams


class ProbeParams(SlippageParams):
    """Parameters."""

    kind: Literal["probe"] = "probe"


def fill_price({arguments}):
    """Return the price paid."""
'''

PARTS = f"""{SLIPPAGE.replace("{arguments}", "p, price, side, units, market").strip()}
    return price


def fillable(p, units, market):
    \"\"\"Return what a bar takes.\"\"\"
"""


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("return price * (1.0 - side * 0.001)", "fill_price is better than the market's price"),
        ("return price * (1.0 + side / (1.0 + units))", "fill_price gets better with size"),
        ("return price * (1.0 + side * 0.001)", "fill_price is better than the market's price"),  # below zero
        ("return price * (1.0 + side * market.spread)", "fill_price is no price at Market(volume=nan, "),
    ],
)
def test_a_slippage_that_helps_or_is_no_price_is_caught(tmp_path, body, complaint):
    found = broken(tmp_path, "costs", SLIPPAGE.replace("{arguments}", "p, price, side, units, market"), body)
    assert set(found) == {"never_helps"}
    assert complaint in found["never_helps"][0]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("return 2.0 * units", "fillable is more than what is asked, or less than nothing"),
        ("return units if units < 100.0 else 0.0", "fillable is less where more is asked"),
        ("return 0.5 * units", "fillable takes a part of what it would take"),
    ],
)
def test_a_bar_that_takes_what_cannot_be_is_caught(tmp_path, body, complaint):
    found = broken(tmp_path, "costs", PARTS, body)
    assert set(found) == {"never_helps"}
    assert complaint in found["never_helps"]


def test_a_slippage_of_the_older_interface_is_caught(tmp_path):
    found = broken(tmp_path, "costs", SLIPPAGE.replace("{arguments}", "p, price, side"), "return price")
    assert found == {
        "is_called_right": [
            "'probe': fill_price takes (p, price, side). Write fill_price(p, price, side, units, market)"
        ]
    }


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        (
            'LOOSER = {"half_bps": "up"}',
            "LOOSER says that 'half_bps' is cheaper upwards, and somewhere it charges more",
        ),
        ('LOOSER = {"half_bp": "down"}', "LOOSER names 'half_bp', which is no parameter"),
        ("IS_FREE = True", "it says IS_FREE and charges something"),
    ],
)
def test_a_cost_that_declares_of_itself_what_is_not_so_is_caught(tmp_path, declared, complaint):
    source = SLIPPAGE.replace("{arguments}", "p, price, side, units, market")
    source = source.replace("\n\n\nclass", f"\n\n{declared}\n\n\nclass", 1)
    source = source.replace('"probe"\n\n\ndef', '"probe"\n    half_bps: float = 2.0\n    """Half spread."""\n\n\ndef')
    found = broken(tmp_path, "costs", source, "return price + side * abs(price) * p.half_bps / 10_000.0")
    assert found["is_as_declared"] == [complaint]


def test_a_scheme_that_trains_on_rows_which_know_the_test_is_caught(tmp_path):
    found = broken(tmp_path, "cv", SCHEME, "yield Split(outside(whole, [test]), (test,))")
    assert found == {
        "trains_on_nothing_that_knows_the_test": [
            "it trains on rows whose outcome meets a test: lay tests out and let enerqis.quant.purging do the rest"
        ]
    }


@pytest.mark.parametrize(
    ("body", "law", "complaint"),
    [
        ("yield Split((whole,), (test,))", "trains_on_nothing_that_knows_the_test", "it trains on rows whose outcome"),
        (
            "after = int(timeline.ts.searchsorted(timeline.ends[test[0] : test[1]].max(), side='right'))\n"
            "yield Split(((after, whole[1]),), (test,))",
            "trains_on_nothing_that_knows_the_test",
            "it trains on rows after a test that look back at it",
        ),
        ("yield Split((), (test,))", "trains_on_something", "a split has no train range inside the rows"),
        ("yield Split(((9, 9),), (test,))", "trains_on_something", "a train range is empty or out of order"),
        ("return iter(())", "counts_its_splits", "it says 1 splits and gives 0"),
        (
            "SEEN.append(1)\nyield Split(((0, len(SEEN)),), (test,))",
            "deterministic",
            "it is not deterministic: the same rows gave other splits the second time",
        ),
        (
            "train = trained_beside(timeline, [test])\nyield Split(train, (test,), (Split(train, (test,)),))",
            "searches_inside_its_train_set",
            "an inner split holds rows that the outer one does not train on",
        ),
    ],
)
def test_a_scheme_that_breaks_a_law_is_caught(tmp_path, body, law, complaint):
    assert complaint in broken(tmp_path, "cv", SCHEME, body)[law][0]


def test_a_sound_scheme_passes(tmp_path):
    assert broken(tmp_path, "cv", SCHEME, "yield Split(trained_beside(timeline, [test]), (test,))") == {}


def test_a_limit_that_binds_above_an_equity_it_leaves_alone_is_caught(tmp_path):
    found = broken(tmp_path, "risk", LIMIT, "return 0.5 if equity > p.size * peak_equity else 1.0")
    assert set(found) == {"lets_go_upwards"}
    assert "binds at an equity above one that it leaves alone" in found["lets_go_upwards"][0]


def test_a_sound_limit_passes(tmp_path):
    assert broken(tmp_path, "risk", LIMIT, "return 0.5 if equity < p.size * session_start_equity else 1.0") == {}
