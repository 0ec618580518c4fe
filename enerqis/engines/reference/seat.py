"""Who answers at a row's close: a strategy, asked through the portable functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from enerqis.core.errors import StageError
from enerqis.engines.book import FAULT_ASSET, FAULT_FIELD, FAULT_ROW, FIRST_ROW
from enerqis.engines.configuration import calls_of
from enerqis.engines.hearing import FAULTS
from enerqis.engines.reference.desk import Desk
from enerqis.engines.reference.stepping import Stepper


class Seat(Protocol):
    """What zipline's ``handle_data`` leads to."""

    def answer(self, run_events: Callable[[], None]) -> None:
        """Answer at the close of the desk's row; `run_events` runs what an algorithm registered with zipline."""


class StrategySeat:
    """A strategy's seat: its indicators are stepped, it is asked, the limits are applied, orders go to the desk.

    Parameters
    ----------
    desk : Desk
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stepper = Stepper(desk.job.panel, calls_of(desk.job))

    def answer(self, run_events: Callable[[], None]) -> None:
        """Ask the strategy about the row."""
        closing, books, policy = self._desk.mark(), self._desk.books, self._desk.policy
        if books.row < books.rows.first:
            if books.row >= books.rows.warmup:
                self._stepper.step(books.row)
            return
        k, n, tape, book = policy.k, policy.n, books.tape, books.book
        book.account[FIRST_ROW] = books.row
        values = self._stepper.step(books.row)
        if k.cross_sectional:
            policy.listen_across(k, n, tape, 0, values, None, None, closing.equity, book, books.cross)
        else:
            policy.listen(k, n, tape, 0, values, None, None, closing.equity, book)
        policy.settle_book(k, n, tape, 0, closing.brake, closing.marked, book)
        book.account[FIRST_ROW] = 0.0
        self._raise_fault()

    def _raise_fault(self) -> None:
        """Stop at a decision that cannot be traded."""
        account, panel = self._desk.books.book.account, self._desk.job.panel
        if account[FAULT_ROW] < 0.0:
            return
        row, asset, field = (int(account[column]) for column in (FAULT_ROW, FAULT_ASSET, FAULT_FIELD))
        where = f"{panel.symbols[asset]}, bar closing at {np.datetime64(int(panel.ts[row]), 'ns')} UTC"
        strategy = self._desk.job.strategy.module.__name__.rpartition(".")[2]
        if FAULTS[field] == "target":
            what = "must be a finite exposure of at most a million"
        else:
            what = "must be a finite price above 0, or NaN for none"
        raise StageError(f"strategy {strategy}: {where}: the decision's '{FAULTS[field]}' {what}")
