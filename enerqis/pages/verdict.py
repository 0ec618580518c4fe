"""How much of a result is luck, said in a sentence first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from enerqis.pages import formatting
from enerqis.pages.cautions import leak_sentence
from enerqis.quant.return_moments import Moments
from enerqis.quant.rounding import significant
from enerqis.quant.track import TrackRecord, track_of
from enerqis.quant.trial_count import TrialCount

SURE, EVEN = 0.95, 0.5
"""Deflated Sharpe ratio from which luck hardly explains a result, and below which it likely does."""

FEWEST_SESSIONS = 20
"""Sessions below which nothing is said: the formulas are those of long records, and three good days would pass for skill."""

FEW_TRADES = 10
"""Closed trades below which a reader is told: sessions are many then, and decisions few."""


def track_in(validation: Mapping[str, Any]) -> TrackRecord | None:
    """Return the record that a validation speaks of, per session; None where it is too short or its returns do not vary."""
    found = validation["record"]["moments"]
    if any(each is None for each in found.values()) or found["periods"] < FEWEST_SESSIONS:
        return None
    return track_of(Moments(**found))


def deflated(validation: Mapping[str, Any], trials: TrialCount | None) -> float:
    """Return the deflated Sharpe ratio given the trials counted; NaN where nothing can be judged or nobody counted."""
    track = track_in(validation)
    return math.nan if track is None or trials is None else trials.deflated_sharpe(track)


def probabilistic(validation: Mapping[str, Any]) -> float | None:
    """Return the probabilistic Sharpe ratio; None where nothing can be judged."""
    found: float | None = validation["record"]["probabilistic_sharpe_fraction"]
    return None if track_in(validation) is None else found


def verdict_figures(validation: Mapping[str, Any], trials: TrialCount | None) -> dict[str, float]:
    """Return the figures of a verdict by name, units at their end, 12 significant digits; what does not exist is left out."""
    if not validation:
        return {}
    cv, search = validation["cv"] or {"degradation": {}}, validation.get("search") or {"overfitting": None}
    found = {
        "deflated_sharpe_fraction": deflated(validation, trials),
        "probabilistic_sharpe_fraction": probabilistic(validation),
        "trials_count": trials.count if trials else None,
        "effective_trials_count": trials.effective if trials else None,
        "overfitting_fraction": (search["overfitting"] or {}).get("overfitting_fraction"),
        "in_sample_sharpe_ratio": cv["degradation"].get("in_sample_sharpe_ratio"),
        "out_of_sample_sharpe_ratio": cv["degradation"].get("out_of_sample_sharpe_ratio"),
        "neighbour_share_fraction": validation["neighbourhood"]["neighbour_share_fraction"],
        "leak_findings_count": len(validation["leaks"]["findings"]) if "leaks" in validation else None,
    }
    return {name: significant(each) for name, each in sorted(found.items()) if each is not None and math.isfinite(each)}


def luck_sentence(validation: Mapping[str, Any], trials: TrialCount | None) -> str:
    """Return the verdict: of how many trials this is one, its deflated Sharpe ratio, and what that means."""
    found, track, sessions = (
        deflated(validation, trials),
        track_in(validation),
        validation["record"]["moments"]["periods"],
    )
    if sessions < FEWEST_SESSIONS:
        return f"{formatting.count(sessions)} sessions are too short a record to judge: {FEWEST_SESSIONS} at least."
    if track is None:
        return "Its returns do not vary: there is nothing to judge."
    if trials is None or not math.isfinite(found):
        return "Nobody counted the trials on these data: nothing is said of luck."
    meant = word(found) if track.sharpe.value > 0.0 else "its ratio is not above zero, and luck need not explain it"
    if trials.count == 1:
        said = f"Probabilistic Sharpe {probability(found)}: {meant}"
        unless = ", unless others were tried elsewhere" if track.sharpe.value > 0.0 else ""
        return f"The only trial recorded on these data: nothing to deflate. {said}{unless}."
    count = formatting.count(trials.count)
    which = f"One of {count} trials on these data, {formatting.count(trials.better)} of them better"
    if trials.better == 0:
        which = f"The best of {count} trials on these data"
    return f"{which}; deflated Sharpe {probability(found)}: {meant}."


def probability(value: float | None) -> str:
    """Return a probability that is never shown as certain: two digits, three near the ends."""
    if value is None or not math.isfinite(value):
        return formatting.NONE
    if value > 0.999:
        return "> 0.999"
    if value < 0.001:
        return "< 0.001"
    return formatting.number(value, 2 if 0.01 <= value <= 0.99 else 3)


def word(value: float) -> str:
    """Return what a deflated or probabilistic Sharpe ratio means."""
    if value >= SURE:
        return "luck hardly explains it"
    return "luck may explain it" if value >= EVEN else "likely luck"


def sentences(validation: Mapping[str, Any], trials: TrialCount | None) -> list[str]:
    """Return the verdict, then what else a reader should know first."""
    found = [leak_sentence(validation), luck_sentence(validation, trials), _enough(validation)]
    found += [_few_trades(validation), _left_out_of_sample(validation["cv"])]
    found += [_overfitted(validation.get("search")), _stressed(validation["stress"]), _plateau(validation)]
    return [sentence for sentence in found if sentence]


def _few_trades(validation: Mapping[str, Any]) -> str:
    trades = validation["reordering"]["trades"]
    if trades >= FEW_TRADES or track_in(validation) is None:
        return ""
    closed = (
        "no trade was" if trades == 0 else "one trade was" if trades == 1 else f"{formatting.count(trades)} trades were"
    )
    return f"Only few decisions stand behind it: {closed} closed."


def _enough(validation: Mapping[str, Any]) -> str:
    if track_in(validation) is None:
        return ""
    record = validation["record"]
    needed, count = record["minimum_track_record_sessions"], record["moments"]["periods"]
    beats = record["beats_benchmark_fraction"]
    held = "" if beats is None else f" That it beats buying and holding has a probability of {probability(beats)}."
    if needed is None:
        return f"No length of record would show a true ratio above zero.{held}"
    length = f"A ratio like this needs {formatting.count(math.ceil(needed))} sessions to be told from zero"
    return f"{length}; there are {formatting.count(count)}.{held}"


def _left_out_of_sample(cv: Mapping[str, Any] | None) -> str:
    if not cv:
        return ""
    fixed = " Nothing was chosen in sample, so this says only how even it was over time." if _is_fixed(cv) else ""
    inside, outside = (cv["degradation"][f"{where}_sharpe_ratio"] for where in ("in_sample", "out_of_sample"))
    if inside is None or outside is None:
        return ""
    losing = cv["degradation"]["losing_splits_fraction"]
    count, share = cv["degradation"]["judged_splits"], formatting.percent(losing, 0) if losing else "none"
    lost = f"in {share} of {formatting.count(count)} splits the latter is below zero"
    chosen = "" if _is_fixed(cv) else "Of the points that the search chose in each split: "
    ratios = f"{chosen}Sharpe {formatting.number(inside)} in sample, {formatting.number(outside)} out of sample"
    return f"{ratios}; {lost}.{fixed}{_short_out_of_sample(cv['out_of_sample'])}"


def _short_out_of_sample(found: Mapping[str, Any]) -> str:
    """Return whether all tests together are too short to tell their own ratio from zero."""
    sessions, needed = found["sessions"], found["minimum_track_record_sessions"]
    if sessions < FEWEST_SESSIONS:
        return f" Out of sample are {formatting.count(sessions)} sessions: too few to say anything."
    if needed is None or needed <= sessions:
        return ""
    length = f"{formatting.count(sessions)} sessions out of sample do not tell it from zero"
    return f" {length}: a ratio like that needs {formatting.count(math.ceil(needed))}."


def _is_fixed(cv: Mapping[str, Any]) -> bool:
    return not any(split["chosen"] for split in cv["splits"])


def _overfitted(search: Mapping[str, Any] | None) -> str:
    if not search or search["overfitting"] is None:
        return ""
    probability = search["overfitting"]["overfitting_fraction"]
    tried = f"The best of {formatting.count(search['configurations'])} configurations on one half of the data"
    return f"{tried} ends in the worse half on the other in {formatting.percent(probability, 0)} of splits."


def _stressed(stress: Mapping[str, Any]) -> str:
    multiple, late = stress["break_even_cost_multiple"], stress["cases"]["fills_one_bar_later"]
    own = stress["cases"]["as_recorded"]["sharpe_ratio"]
    bears = "" if multiple is None else _bears(multiple)
    if late is None or own is None or late["sharpe_ratio"] is None:
        return f"{bears}." if bears else ""
    later = (
        f"fills one bar later leave a Sharpe of {formatting.number(late['sharpe_ratio'])} of {formatting.number(own)}"
    )
    return f"{bears}; {later}." if bears else f"F{later[1:]}."


def _bears(multiple: float) -> str:
    """Return what the multiple of its costs says at which nothing is earned; below 1 the result is a loss."""
    if multiple < 1.0:
        return f"It earns before costs and loses after them: {formatting.percent(multiple, 0)} of them took all of it"
    return f"Costs {formatting.number(multiple, 1)} times as high would take all of it"


def _plateau(validation: Mapping[str, Any]) -> str:
    share = validation["neighbourhood"]["neighbour_share_fraction"]
    if share is None:
        return ""
    return f"With one number of the strategy a tenth off, {formatting.percent(share, 0)} of the ratio is left."
