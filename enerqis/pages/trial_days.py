"""K over time: how many trials were known on each day, in words and as a line."""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np

from enerqis.pages import formatting
from enerqis.pages.timeline import SECONDS_PER_DAY, steps
from enerqis.quant.trial_count import TrialCount

EPOCH = date(1970, 1, 1)


def days_sentence(trials: TrialCount | None) -> str:
    """Return when the trials were recorded; empty where there is no other trial than the one that is looked at."""
    if trials is None or trials.count < 2:
        return ""
    whole = f"{formatting.count(trials.count)} trials"
    if not trials.days:
        return f"{whole}; of the others no day is recorded."
    undated = _undated(trials) - 1
    dated = f"{formatting.count(sum(count for _, count in trials.days))} {_span([day for day, _ in trials.days])}"
    if not undated:
        return f"{whole}: this one, and {dated}."
    return f"{whole}: this one, {dated}, and {formatting.count(undated)} without a day, counted from the beginning."


def elsewhere_sentence(trials: TrialCount | None) -> str:
    """Return how many trials stand on other contents of the dataset, which K does not count; empty where none does."""
    if trials is None or not trials.elsewhere.trials:
        return ""
    count, contents = trials.elsewhere
    many = f"{formatting.count(count)} more trial{'s stand' if count != 1 else ' stands'}"
    where = "another content" if contents == 1 else f"{formatting.count(contents)} other contents"
    return (
        f"{many} on {where} of this dataset, such as the same data with fewer days: K begins anew with each content and "
        "counts none of them, so that more of the result may be luck than it says."
    )


def days_series(trials: TrialCount | None) -> dict[str, Any]:
    """Return K at the end of each day that brought a trial.

    Returns
    -------
    dict
        ``t`` (steps of seconds) and ``count``: first the day before, with the trials that have no day, the one that is looked
        at among them. Empty where fewer than two days are known: words say it.
    """
    if trials is None or len(trials.days) < 2:
        return {}
    days = np.array([(day - EPOCH).days for day, _ in trials.days], dtype=np.int64)
    counts = accumulate((count for _, count in trials.days), initial=_undated(trials))
    return {"t": steps(np.concatenate([days[:1] - 1, days]) * SECONDS_PER_DAY), "count": list(counts)}


def _undated(trials: TrialCount) -> int:
    return trials.count - sum(count for _, count in trials.days)


def _span(days: list[date]) -> str:
    if len(days) == 1:
        return f"recorded on {days[0].isoformat()}"
    return f"recorded on {formatting.count(len(days))} days from {days[0].isoformat()} to {days[-1].isoformat()}"
