"""The second half of an ingestion: the bars of one symbol and year in order, through the rules over several rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.core.tables import BARS
from enerqis.ingestion.actions import Actions
from enerqis.ingestion.adjustments import Events, events_from_adjusted_close, no_events, with_actions
from enerqis.ingestion.bars import Bars, bars_table
from enerqis.ingestion.rejections import Rejections
from enerqis.ingestion.resampling import coarse_times, merged
from enerqis.ingestion.series import SeriesState, changed_steps, duplicates, in_order
from enerqis.ingestion.tally import Tally
from enerqis.ingestion.times import MINUTE_NS
from enerqis.io.calendars import Sessions, sessions
from enerqis.spec.dataset import Dataset, frequency_minutes


class Finishing:
    """Bars of one dataset on their way to their tables, year by year of each symbol.

    Parameters
    ----------
    dataset : Dataset
    rejections : Rejections
        Takes the bars that a rule refused.
    tally : Tally
        Counts; changed as bars come.
    names : sequence of str
        Names of the raw files, in order.
    newest : ndarray of shape (n_symbols,), int64
        Latest open of each symbol in the source, UTC ns.
    actions : Actions
        Splits and dividends that the source carries or the dataset declares.
    """

    def __init__(
        self,
        dataset: Dataset[Any],
        rejections: Rejections,
        tally: Tally,
        *,
        names: Sequence[str],
        newest: npt.NDArray[np.int64],
        actions: Actions,
    ) -> None:
        self._dataset = dataset
        self._rejections = rejections
        self._tally = tally
        self._names = names
        self._newest = newest
        self._actions = actions

    def table(self, code: int, group: Bars, state: SeriesState) -> pa.Table:
        """Return the bars of one symbol and year as they are written; `state` is carried on to the next year."""
        dataset, symbol = self._dataset, self._dataset.symbols[code]
        bars = in_order(group)
        refused, differing = duplicates(bars, dataset.rules.duplicates)
        self._tally.differing += differing
        bars = self._without(bars, refused, "duplicates")
        calendar = _calendar(dataset.calendar, bars, state.last_session)
        bars = self._steady(bars, calendar)
        if not len(bars):
            return BARS.empty_table()
        state.count_missing(bars, calendar, dataset)
        events = self._events(code, bars, state)
        state.count_jumps(bars, events.split_factor, dataset.rules.jump_fraction)
        state.note_events(bars, *events)
        state.advance(bars)
        if dataset.resample is not None:
            bars, events = self._resampled(bars, events, calendar)
        state.spreads += int(np.count_nonzero(~np.isnan(bars.spread)))
        return bars_table(bars, symbol, split_factor=events.split_factor, dividend=events.dividend)

    def _without(self, bars: Bars, refused: npt.NDArray[np.bool_], rule: str) -> Bars:
        if not refused.any():
            return bars
        self._rejections.add_bars(self._names, self._dataset.symbols, bars.take(refused), rule)
        return bars.take(~refused)

    def _steady(self, bars: Bars, calendar: Sessions) -> Bars:
        """Find stretches of another frequency."""
        if self._dataset.is_daily:
            steps = np.diff(np.searchsorted(calendar.day, bars.session))
        else:
            steps = np.diff(bars.ts_open) // self._dataset.frequency_ns
        changed = changed_steps(bars, steps)
        if self._dataset.rules.frequency_change == "reject":
            return self._without(bars, changed, "frequency_change")
        if changed.any():
            self._tally.noted["frequency_change"] += int(np.count_nonzero(changed))
        return bars

    def _events(self, code: int, bars: Bars, state: SeriesState) -> Events:
        adjustments = self._dataset.adjustments
        events = no_events(len(bars))
        if adjustments.from_adjusted_close != "nothing":
            events = events_from_adjusted_close(bars.close, bars.adjusted_close, adjustments, before=state.last_known)
        events, moved = with_actions(events, self._actions.of(code), bars.session, after_day=state.last_session)
        if moved:
            self._tally.noted["moved_action"] += moved
        return events

    def _resampled(self, bars: Bars, events: Events, calendar: Sessions) -> tuple[Bars, Events]:
        """Return coarser bars; split factors multiply, dividends add up."""
        length = frequency_minutes(str(self._dataset.resample)) * MINUTE_NS
        offset = self._dataset.stamp.grid_offset_minutes * MINUTE_NS
        ts_open, ts = coarse_times(bars, calendar, length, grid_offset=offset)
        if bars.ts_open[-1] == self._newest[bars.code[0]]:  # the source may end within a coarse bar
            whole = ts <= bars.ts[-1]
            bars = self._without(bars, ~whole, "incomplete_bar")
            ts_open, ts, events = ts_open[whole], ts[whole], Events(*(each[whole] for each in events))
        if not len(bars):
            return bars, events
        starts = np.flatnonzero(np.append(True, np.diff(ts) != 0))
        coarse = merged(bars, ts_open, ts)
        self._tally.merged += len(bars) - len(coarse)
        return coarse, Events(
            np.multiply.reduceat(events.split_factor, starts), np.add.reduceat(events.dividend, starts)
        )


def _calendar(name: str, bars: Bars, last_session: int | None) -> Sessions:
    """Return the sessions from the one before these sorted bars to the last of them."""
    first = int(bars.session[0]) if last_session is None else last_session
    days = np.array([first, int(bars.session[-1])]).astype("datetime64[D]")
    first_year, last_year = (days.astype("datetime64[Y]").astype(np.int64) + 1970).tolist()
    return sessions(name, first_year, last_year)
