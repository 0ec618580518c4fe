"""How a run is divided: tiles that follow each other, shares side by side, work made ahead of its use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from enerqis.engines.sharing import Share, ahead, spread, tiles


def test_tiles_follow_each_other_to_the_end():
    assert tiles(3, 10, 3) == [(3, 6), (6, 9), (9, 10)]
    assert tiles(3, 3, 3) == []


def test_shares_cover_every_configuration_once():
    seen: list[Share] = []
    with ThreadPoolExecutor(3) as executor:
        spread(seen.append, 7, 3, executor)
    assert sorted(seen) == [Share(0, 0, 2), Share(1, 2, 4), Share(2, 4, 7)]


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
