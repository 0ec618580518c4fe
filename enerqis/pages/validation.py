"""The section Validation of a page: verdict, fan of paths, tests, search, stress, neighbours, intervals, regimes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from enerqis.interfaces.metric import Evidence
from enerqis.pages import formatting
from enerqis.pages.headline import independent_of
from enerqis.pages.search_map import NO_MAP, SearchMap, search_map
from enerqis.pages.timeline import figures, steps
from enerqis.pages.trial_days import days_sentence, elsewhere_sentence
from enerqis.pages.verdict import deflated, probabilistic, probability, sentences
from enerqis.quant.returns import growth
from enerqis.quant.trial_count import TrialCount

SECONDS_A_DAY = 86_400
BINS = 20
CASES = {
    "as_recorded": "as recorded",
    "costs_x0": "without costs",
    "costs_x2": "costs twice as high",
    "costs_x3": "costs three times as high",
    "fills_one_bar_later": "every fill one bar later",
}
REGIMES = ("rising", "falling", "calm", "usual", "rough")
COLUMNS = ("total_return_fraction", "annual_return_fraction", "sharpe_ratio", "max_drawdown_fraction")


class Card(NamedTuple):
    """A large figure: its name, its text, and what it means."""

    name: str
    text: str
    beside: str


class Cell(NamedTuple):
    """A cell of a heat table: text and the class that tints it."""

    text: str
    tint: str


class Line(NamedTuple):
    """A row of a table: its name and its cells."""

    name: str
    cells: list[str]


class HeatLine(NamedTuple):
    """A row of a heat table."""

    name: str
    cells: list[Cell]


class Bar(NamedTuple):
    """A bar of a histogram: where it stands, how many, and its length as a percentage of the longest."""

    name: str
    splits: int
    length: float
    is_bad: bool


class ValidationBox(NamedTuple):
    """All that the section shows; without sentences there was no validation."""

    sentences: list[str]
    cards: list[Card]
    stress: list[Line]
    neighbours: list[HeatLine]
    steps: list[str]
    refused: str
    intervals: list[Line]
    interval_note: str
    regimes: list[Line]
    reordering: str
    tests: list[Line]
    histogram: list[Bar]
    superiority: str
    paths_note: str
    map: SearchMap
    leaks: list[str]
    leaks_note: str
    days_note: str


EMPTY = ValidationBox([], [], [], [], [], "", [], "", [], "", [], [], "", "", NO_MAP, [], "", "")


def validation_box(validation: Mapping[str, Any], trials: TrialCount | None) -> ValidationBox:
    """Return what the section shows.

    Parameters
    ----------
    validation : mapping
        As the stage `validate` writes it; empty where the run was not validated.
    trials : TrialCount or None
    """
    if not validation:
        return EMPTY
    cv, search = validation["cv"], validation.get("search")
    return ValidationBox(
        sentences=sentences(validation, trials),
        cards=_cards(validation, trials),
        stress=[Line(name, _figures(validation["stress"]["cases"][key])) for key, name in CASES.items()],
        neighbours=_neighbours(validation),
        steps=_step_names(validation["neighbourhood"]),
        refused=_refused(validation["neighbourhood"]),
        intervals=_intervals(validation["bootstrap"]),
        interval_note=(
            f"{formatting.count(validation['bootstrap']['draws'])} series put together from blocks of "
            f"{formatting.count(validation['bootstrap']['block_sessions'])} sessions on average"
        ),
        regimes=_regimes(validation["regimes"]),
        reordering=_reordering(validation["reordering"]),
        tests=_tests(cv) if cv else [],
        histogram=_histogram(search),
        superiority=_superiority(search),
        paths_note=_paths_note(cv),
        map=search_map(search),
        leaks=[each["sentence"] for each in validation["leaks"]["findings"]],
        leaks_note=_leaks_note(validation["leaks"]),
        days_note=" ".join(each for each in (days_sentence(trials), elsewhere_sentence(trials)) if each),
    )


def fan_series(paths: pa.Table | None, evidence: Evidence) -> dict[str, Any]:
    """Return the growth of all paths at each session as JSON: quantiles of them, the run and buy-and-hold from there on.

    Returns
    -------
    dict
        ``t`` (steps of seconds), ``low``, ``quarter``, ``middle``, ``upper``, ``high`` (5, 25, 50, 75, 95 % of the paths),
        ``run`` and ``held``, and ``count``, how many of the paths differ; empty without paths of this run.
    """
    if paths is None or paths.num_rows == 0:
        return {}
    path = paths.column("path").to_numpy()
    session = paths.column("session").cast(pa.int32()).to_numpy().astype(np.int64)
    values = paths.column("growth").to_numpy()
    sessions = np.unique(session)
    grid = np.full((int(path.max()) + 1, len(sessions)), math.nan)
    grid[path, np.searchsorted(sessions, session)] = values
    quantiles = np.nanquantile(grid, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    inside = np.isin(evidence.sessions, sessions)
    if inside.sum() != len(sessions):
        return {}
    names = ("low", "quarter", "middle", "upper", "high")
    return {
        "t": steps(sessions * SECONDS_A_DAY),
        **{name: figures(row, 6) for name, row in zip(names, quantiles, strict=True)},
        "run": figures(growth(evidence.returns[inside]), 6),
        "held": figures(growth(evidence.benchmark_returns[inside]), 6),
        "count": len({row.tobytes() for row in grid}),
    }


def _number(value: float | None, digits: int = 2) -> str:
    return formatting.NONE if value is None else formatting.number(value, digits)


def _percent(value: float | None, digits: int = 1) -> str:
    return formatting.NONE if value is None else formatting.percent(value, digits)


def _figures(case: Mapping[str, float | None] | None) -> list[str]:
    if case is None:
        return ["refused"] + [formatting.NONE] * (len(COLUMNS) - 1)
    return [formatting.figure(key, math.nan if case[key] is None else float(case[key] or 0.0)) for key in COLUMNS]


def _cards(validation: Mapping[str, Any], trials: TrialCount | None) -> list[Card]:
    cv, search = validation["cv"], validation.get("search")
    found = [
        Card(
            "Probabilistic Sharpe",
            probability(probabilistic(validation)),
            "true ratio above zero, were it the only trial",
        )
    ]
    ratio = deflated(validation, trials)
    if trials is not None and math.isfinite(ratio):
        known = ", ".join(filter(None, (f"{formatting.count(trials.count)} trials", independent_of(trials))))
        found.append(Card("Deflated Sharpe", probability(ratio), known if trials.count > 1 else "one trial"))
    if search and search["overfitting"] is not None:
        fraction = search["overfitting"]["overfitting_fraction"]
        found.append(Card("Overfitting (PBO)", _percent(fraction, 0), f"{_percent(0.5, 0)} is a coin's"))
    if cv:
        found.append(
            Card("Kept out of sample", _percent(cv["degradation"]["kept_fraction"], 0), "of the Sharpe in sample")
        )
    share = validation["neighbourhood"]["neighbour_share_fraction"]
    if leaks := len(validation["leaks"]["findings"]):
        found.insert(0, Card("Leaks", formatting.count(leaks), "it may know the future: see below"))
    found.append(Card("Kept by neighbours", _percent(share, 0), "of the Sharpe, a tenth off"))
    return found


def _neighbours(validation: Mapping[str, Any]) -> list[HeatLine]:
    own = validation["record"]["figures"]["sharpe_ratio"]
    rows: dict[str, dict[int, Mapping[str, Any]]] = defaultdict(dict)
    for point in validation["neighbourhood"]["points"]:
        rows[point["parameter"]][point["steps"]] = point
    offsets = _offsets(validation["neighbourhood"])
    lines = []
    for name, points in rows.items():
        cells = [Cell(_number(own), "whole") if offset == 0 else _heat(points.get(offset), own) for offset in offsets]
        lines.append(HeatLine(name.replace("_", " "), cells))
    return lines


def _offsets(neighbourhood: Mapping[str, Any]) -> list[int]:
    return sorted({0, *(point["steps"] for point in neighbourhood["points"])})


def _step_names(neighbourhood: Mapping[str, Any]) -> list[str]:
    step = neighbourhood["step_fraction"]
    return ["as it is" if not each else _signed(each * step) for each in _offsets(neighbourhood)]


def _signed(fraction: float) -> str:
    return f"{'+' if fraction > 0.0 else ''}{formatting.percent(fraction, 0)}"


def _heat(point: Mapping[str, Any] | None, own: float | None) -> Cell:
    """Return a neighbour's ratio, tinted by what it is over the run's own."""
    if point is None:
        return Cell(formatting.NONE, "")
    value = point["sharpe_ratio"]
    text = f"{_number(value)} ({formatting.number(point['value'], 0 if isinstance(point['value'], int) else 2)})"
    if value is None or own is None or own <= 0.0:
        return Cell(text, "")
    lost = 1.0 - value / own
    if abs(lost) < 0.05:
        return Cell(text, "")
    level = min(4, 1 + int(abs(lost) / 0.15))
    return Cell(text, f"{'down' if lost > 0.0 else 'up'}{level}")


def _refused(neighbourhood: Mapping[str, Any]) -> str:
    count, still = neighbourhood["refused"], neighbourhood["without_effect"]
    parts = [f"{count} the strategy refuses"] if count else []
    parts += [f"{still} change nothing and count for nothing"] if still else []
    return f"; {', '.join(parts)}" if parts else ""


def _intervals(bootstrap: Mapping[str, Any]) -> list[Line]:
    return [
        Line(
            formatting.label(name),
            [
                formatting.figure(name, math.nan if each[key] is None else each[key])
                for key in ("value", "lower", "upper")
            ],
        )
        for name, each in bootstrap["figures"].items()
    ]


def _regimes(regimes: Mapping[str, Any]) -> list[Line]:
    keys = ("annual_mean_fraction", "sharpe_ratio", "benchmark_annual_mean_fraction", "benchmark_sharpe_ratio")
    return [
        Line(
            name,
            [
                formatting.count(each["sessions"]),
                *(formatting.figure(key, math.nan if each[key] is None else each[key]) for key in keys),
            ],
        )
        for name, each in ((name, regimes["regimes"][name]) for name in REGIMES)
    ]


def _reordering(found: Mapping[str, Any]) -> str:
    if found["trades"] < 2:
        return ""
    low, high = (formatting.percent(found["drawdown_fractions"][level]) for level in ("p05", "p95"))
    own = formatting.percent(found["recorded_drawdown_fraction"])
    worse = formatting.percent(1.0 - found["no_worse_fraction"], 0)
    return (
        f"The same {formatting.count(found['trades'])} trades in {formatting.count(found['draws'])} other orders fall by {low} "
        f"to {high} from trade to trade (nine in ten); as they happened by {own}, and {worse} of the orders fall further."
    )


def _tests(cv: Mapping[str, Any]) -> list[Line]:
    """Return a row a test period: over the splits that test it, ratio and return as mean, lowest and highest."""
    rows: dict[tuple[int, int], list[Mapping[str, Any]]] = defaultdict(list)
    for split in cv["splits"]:
        for test in split["tests"]:
            rows[test["first_session"], test["last_session"]].append(test)
    lines = []
    for (first, last), tests in sorted(rows.items()):
        ratios = [each["sharpe_ratio"] for each in tests if each["sharpe_ratio"] is not None]
        totals = [each["total_return_fraction"] for each in tests if each["total_return_fraction"] is not None]
        lines.append(
            Line(
                f"{formatting.day(first)} to {formatting.day(last)}",
                [
                    formatting.count(len(tests)),
                    *_spread(ratios, formatting.number),
                    *_spread(totals, formatting.percent),
                ],
            )
        )
    return lines


def _spread(values: Sequence[float], show: Any) -> list[str]:
    if not values:
        return [formatting.NONE] * 3
    return [show(sum(values) / len(values)), show(min(values)), show(max(values))]


def _histogram(search: Mapping[str, Any] | None) -> list[Bar]:
    """Return the logits of the search's splits in bins; those at or below 0 are bad."""
    if not search or search["overfitting"] is None:
        return []
    edges, counts = search["overfitting"]["logit_edges"], search["overfitting"]["logit_counts"]
    most = max(counts)
    return [
        Bar(f"{formatting.number(low, 1)} to {formatting.number(high, 1)}", count, 100.0 * count / most, high <= 1e-9)
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _superiority(search: Mapping[str, Any] | None) -> str:
    if not search or search["superiority"] is None:
        return ""
    found = search["superiority"]
    hansen, white = (_drawn(found[name], found["draws"]) for name in ("superior_ability", "reality_check"))
    return (
        f"Were no configuration better than {search['benchmark']}, the best would look this good with probability "
        f"{hansen} (Hansen's SPA) or {white} (White's reality check)."
    )


def _drawn(share: float | None, draws: int) -> str:
    """Return the share of so many draws as a probability: none of them says less than one in so many, not zero."""
    return f"< {1.0 / draws:g}" if share is not None and share * draws < 1.0 else probability(share)


def _leaks_note(leaks: Mapping[str, Any]) -> str:
    """Return what was tested for leaks, and what could not be."""
    cuts, columns = formatting.count(leaks["cuts"]), formatting.count(leaks["columns"])
    parts = [f"With all later bars changed, nothing moved before any of {cuts} instants, in {columns} columns."]
    if leaks["findings"]:
        parts = [f"Bars were changed from {cuts} instants on, {columns} columns compared."]
    if leaks["blind"]:
        parts.append(f"Not seen, because they did not move at all: {', '.join(leaks['blind'])}.")
    return " ".join([*parts, *(f"Not tested: {each}." for each in leaks["refused"])])


def _paths_note(cv: Mapping[str, Any] | None) -> str:
    if not cv:
        return ""
    count, distinct = len(cv["paths"]), cv["distinct_paths"]
    if distinct == 1:
        return (
            "One path: whatever the split, the same was traded in each test."
            if count > 1
            else "One path through all tests."
        )
    differ = "all different" if distinct == count else f"{formatting.count(distinct)} of them different"
    return f"{formatting.count(count)} paths through all tests, {differ}."
