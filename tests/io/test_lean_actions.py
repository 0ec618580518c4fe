"""Actions of QuantConnect/Lean on their way to the rows of their sessions."""

import numpy as np
import pyarrow as pa

from enerqis.io.lean_actions import Action, WaitingActions, sessions_after

ACTIONS = {20240103: Action(2.0, 0.0, 1), 20240104: Action(1.0, 0.5, 2), 20240109: Action(3.0, 0.0, 3)}


def test_the_session_after_a_day_leaves_out_weekends_and_holidays() -> None:
    """Good Friday of 2024 was 29 March; New Year's Day of 2000 a Saturday."""
    days = np.array([19991231, 20240328, 20240401, 20240406])
    assert sessions_after(days).tolist() == [20000103, 20240401, 20240402, 20240408]
    assert sessions_after(np.array([], dtype=np.int64)).tolist() == []


def test_an_action_stands_once_on_the_first_row_of_its_day() -> None:
    waiting = WaitingActions(ACTIONS)
    first = waiting.attached(pa.table({"ts": ["a", "b", "c"]}), np.array([20240102, 20240103, 20240103]))
    assert first.column("split_factor").to_pylist() == [None, 2.0, None]
    later = waiting.attached(pa.table({"ts": ["d"]}), np.array([20240103]))
    assert later.column("split_factor").to_pylist() == [None]


def test_actions_between_first_and_last_row_whose_day_has_none_come_without_prices() -> None:
    waiting = WaitingActions(ACTIONS)
    waiting.attached(pa.table({"ts": ["a", "?", "b"]}), np.array([20240103, 0, 20240108]))
    table, numbers = waiting.without_rows()
    assert (table.column("ts").to_pylist(), numbers.tolist()) == (["20240104 00:00"], [2])
    assert (table.column("dividend").to_pylist(), table.column("close").to_pylist()) == ([0.5], [None])


def test_without_rows_nothing_waits() -> None:
    assert WaitingActions(ACTIONS).without_rows()[0].num_rows == 0
