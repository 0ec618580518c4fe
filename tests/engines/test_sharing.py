"""How a run is divided: tiles that follow each other, shares side by side, work made ahead of its use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from enerqis.engines.sharing import ahead, chunks, shares, side_by_side, tiles


def test_tiles_follow_each_other_to_the_end():
    assert tiles(3, 10, 3) == [(3, 6), (6, 9), (9, 10)]
    assert tiles(3, 3, 3) == []


def test_shares_cover_every_configuration_once_and_none_is_empty():
    assert shares(7, 3) == [(0, 2), (2, 4), (4, 7)]
    assert shares(2, 5) == [(0, 1), (1, 2)]
    assert shares(0, 2) == [(0, 0)]


def test_chunks_keep_the_order_and_hold_at_least_one_step():
    assert [list(each) for each in chunks("abcde", 2)] == [["a", "b"], ["c", "d"], ["e"]]
    assert [list(each) for each in chunks("ab", 0)] == [["a"], ["b"]]


@pytest.mark.parametrize("threads", [1, 3])
def test_things_side_by_side_are_all_done_before_the_next_ones(threads):
    done: list[int] = []
    with side_by_side(threads) as together:
        together([partial(done.append, number) for number in range(3)])
        assert sorted(done) == [0, 1, 2]
        together([partial(done.append, 3)])
    assert done[-1] == 3


@pytest.mark.parametrize("threads", [1, 2])
def test_the_first_of_them_that_fails_says_why(threads):
    def fail(why: str) -> None:
        raise ValueError(why)

    with side_by_side(threads) as together, pytest.raises(ValueError, match="first"):
        together([partial(fail, "first"), partial(fail, "second")])


@pytest.mark.parametrize("threads", [0, 2])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_is_made_ahead_comes_in_order_and_at_most_one_is_waiting(threads, count):
    made: list[int] = []

    def prepare(number: int) -> int:
        made.append(number)
        return number * number

    executor = ThreadPoolExecutor(threads) if threads else None
    for number, value in enumerate(ahead(prepare, count, executor)):
        assert value == number * number
        assert made in ([*range(number + 1)], [*range(number + 2)])
    assert made == [*range(count)]
    if executor is not None:
        executor.shutdown()


def test_what_fails_ahead_fails_where_it_would_be_used():
    def prepare(number: int) -> float:
        return 1 / (1 - number)

    with ThreadPoolExecutor(2) as executor:
        coming = ahead(prepare, 3, executor)
        assert next(coming) == 1.0
        with pytest.raises(ZeroDivisionError, match="division"):
            next(coming)
