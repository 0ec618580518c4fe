import pytest

from enerqis.pages.search_map import NO_MAP, search_map
from tests.pages.validated import SEARCH


def test_points_stand_by_their_two_keys_the_best_and_its_neighbours_framed():
    found = search_map(SEARCH)
    assert (found.down, found.across, found.columns) == ("fast bars", "slow bars", ["20", "40"])
    # 0.8 of 1.4 is more than two fifths, 0.2 is less; the point without a ratio has no text
    assert [[tuple(cell) for cell in row.cells] for row in found.rows] == [
        [("0.80", "up1 near"), ("1.40", "up4 best")],
        [("", "near"), ("0.20", "near")],
    ]
    assert (
        found.sentence
        == "One step from the best point 35\N{NARROW NO-BREAK SPACE}% of its score is left; half of it is gone after 0.8 steps."
    )


@pytest.mark.parametrize(
    "search",
    [None, {**SEARCH, "best": None}, {**SEARCH, "plateau": None}, {**SEARCH, "points": [{"values": {"a": 1}}]}],
)
def test_a_search_that_is_no_map_has_none(search):
    assert search_map(search) == NO_MAP


def test_a_point_that_was_not_tried_is_an_empty_cell():
    fewer = {**SEARCH, "points": SEARCH["points"][1:]}
    assert search_map(fewer).rows[0].cells[0].text == ""
