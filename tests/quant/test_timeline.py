import numpy as np
import pytest

from enerqis.quant.timeline import Gap, timeline


def ints(*values):
    return np.array(values, dtype=np.int64)


def test_an_outcome_is_known_so_many_bars_later_or_at_the_last_row():
    assert timeline(ints(10, 20, 40, 70), purge=Gap(2)).ends.tolist() == [40, 70, 70, 70]
    assert timeline(ints(10, 20, 40, 70), purge=Gap(9)).ends.tolist() == [70, 70, 70, 70]


def test_the_later_of_bars_and_duration_counts():
    assert timeline(ints(10, 20, 40, 70), purge=Gap(1, 25)).ends.tolist() == [35, 45, 70, 95]


def test_bars_are_those_of_the_rows_own_symbol():
    # A trades at 1 2 3 4, B at 1 3: two bars after B's first row there is none, so its last counts
    rows = timeline(ints(1, 1, 2, 3, 3, 4), purge=Gap(2), symbols=ints(0, 1, 0, 0, 1, 0))
    assert rows.ts.tolist() == [1, 2, 3, 4]
    assert rows.ends.tolist() == [3, 4, 4, 4]  # of A and B at 1: A knows at 3, B at 3
    assert (rows.rows, rows.rows_of((1, 3)), rows.first_rows.tolist()) == (6, (2, 5), [0, 2, 3, 5, 6])


def test_the_rows_of_an_instant_share_the_latest_outcome():
    rows = timeline(ints(1, 1, 2, 3, 9), purge=Gap(1), symbols=ints(0, 1, 0, 0, 1))
    assert rows.ends.tolist() == [9, 3, 3, 9]  # B's bar after 1 closes at 9
    assert not rows.is_ordered


def test_label_ends_replace_the_bars():
    assert timeline(ints(1, 2, 3), purge=Gap(2), label_end=ints(1, 2, 8)).ends.tolist() == [1, 2, 8]


def test_the_part_that_is_kept_has_one_row_an_instant():
    rows = timeline(ints(1, 1, 2, 3), purge=Gap(1), symbols=ints(0, 1, 0, 0)).only(((0, 1), (2, 3)))
    assert (rows.ts.tolist(), rows.ends.tolist(), rows.rows) == ([1, 3], [2, 3], 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"ts": ints(3, 1)}, "row 1 is earlier than the one before"),
        ({"ts": ints(1, 3, 3)}, "rows 1 and 2 share an instant: name each row's symbol"),
        ({"ts": ints(1, 1), "symbols": ints(4, 4), "purge": Gap(1)}, "two rows share instant and symbol"),
        ({"ts": ints(1, 2), "label_end": ints(1, 1)}, "label_end must hold one instant a row, none before"),
        ({"ts": ints(1, 2), "label_end": ints(1)}, "label_end must hold one instant a row"),
    ],
)
def test_rows_that_contradict_themselves_are_refused(words, message):
    with pytest.raises(ValueError, match=message):
        timeline(words.pop("ts"), **words)
