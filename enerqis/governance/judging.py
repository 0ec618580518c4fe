"""From two sides, their graphs and their files to a verdict; pure, no git and no disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from enerqis.governance.cost_moves import cost_moves
from enerqis.governance.figures import Figures, figures_of
from enerqis.governance.gate_moves import GATES_FILE, gate_file_moves
from enerqis.governance.limit_moves import is_limited, limit_moves
from enerqis.governance.moves import Move
from enerqis.governance.owners import Rule, owners_of
from enerqis.governance.pins import pin_changes
from enerqis.governance.reruns import Graph, Rerun, reruns
from enerqis.governance.rule_moves import RuleMove, rule_moves
from enerqis.governance.schema_changes import schema_changes
from enerqis.governance.side import Side, Value
from enerqis.governance.verdict import CodeChange, Loosening, Reviewed, ValueChange, Verdict
from enerqis.governance.wording import ABSENT
from enerqis.io.graph_stages import GraphStage

FIGURES = "data/metrics/{name}.json"
"""Where git keeps the figures of an experiment."""
DEFAULT = "(default)"
"""Origin of a value that no file writes."""
RISK_FOLDER = "conf/risk/limits.yaml"
"""A file of the risk profiles: who owns such files must agree where a limit loosens, wherever it is set."""
RUNS = ("enerqis/", "plugins/")
"""Folders whose Python runs while a side is resolved."""
SAME_IDEA = ("strategy.", "universe.", "dataset.")
"""Keys by which a renamed experiment is known."""
STRATEGY = "strategy.kind"
"""With the dataset, the keys by which a new experiment is known to stand beside another."""


@dataclass(frozen=True)
class Judged:
    """One side with all that is known of it without a run.

    Parameters
    ----------
    words : str
        What it is, for people.
    side : Side
    graph : Graph
    recorded : dict of name to GraphStage or None
        What its ``dvc.lock`` holds; None of two runs, which are not compared with what DVC would run.
    figures : dict of name to document
        Content of ``data/metrics/NAME.json``.
    gates : dict
        Content of the gates file; empty where there is none.
    rules : dict of file to dict
        Content of the files of `enerqis.governance.rule_moves.MODELS` that there are.
    pins : dict of package to version
    schemas : dict of file to document
    files : dict of path to str
        Id of the content of every file.
    """

    words: str
    side: Side
    graph: Graph
    recorded: dict[str, GraphStage] | None
    figures: dict[str, Any] = field(default_factory=dict)
    gates: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)
    schemas: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def is_of_runs(self) -> bool:
        """Whether it is an experiment or a receipt rather than a state of the project."""
        return self.recorded is None


def judge(old: Judged, new: Judged, rules: tuple[Rule, ...], *, has_owners_file: bool) -> Verdict:
    """Return the verdict on the change from one side to the other; `rules` are the old side's, which the change cannot edit."""
    files = sorted(each for each in {**old.files, **new.files} if old.files.get(each) != new.files.get(each))
    gates = tuple(gate_file_moves(old.gates, new.gates))
    owners: dict[str, list[str]] = {}
    for path in files:
        for owner in owners_of(path, rules):
            owners.setdefault(owner, []).append(path)
    moves = tuple(rule_moves(old.rules, new.rules))
    own_loosenings = (*_gate_loosenings(gates, rules), *_rule_loosenings(moves, rules), *_unknown(old, new, rules))
    verdict = Verdict(
        old=old.words,
        new=new.words,
        is_of_runs=new.is_of_runs,
        old_problems=old.side.problems,
        new_problems=new.side.problems,
        gates=gates,
        rules=moves,
        loosenings=own_loosenings,
        owners=dict(sorted(owners.items())),
        unowned=tuple(path for path in files if not owners_of(path, rules)),
        has_owners_file=has_owners_file,
        judged_code=tuple(path for path in files if path.endswith(".py") and path.startswith(RUNS)),
    )
    if old.side.problems or new.side.problems:
        return verdict
    changed = reruns(new.graph, old.graph.stages)
    before, pending = ({} if each.recorded is None else reruns(each.graph, each.recorded) for each in (old, new))
    behind = (_behind(before), _behind(pending))
    pairs = paired(old.side, new.side)
    reviews = [_reviewed(each, old, new, changed, behind) for each in pairs]
    experiments = tuple(each for each in reviews if each is not None)
    return replace(
        verdict,
        experiments=experiments,
        datasets=tuple(_datasets(old.side, new.side, changed)),
        untouched=len(pairs) - len(experiments),
        reruns=tuple(changed.values()),
        recorded=tuple(name for name in changed if name not in pending and new.recorded is not None),
        also_stale=tuple(each for name, each in pending.items() if name not in changed),
        loosenings=(*_limit_loosenings(experiments, rules), *own_loosenings),
        flattering=tuple(_flattering(experiments, rules)),
        pins=tuple(pin_changes(old.pins, new.pins, new.side)),
        schemas=tuple(schema_changes(old.schemas, new.schemas, new.side)),
    )


def paired(old: Side, new: Side) -> list[tuple[str, str]]:
    """Return the old and the new name of every experiment, an empty text where a side lacks it; renamed ones are paired.

    Renaming an experiment must not hide that its limits loosen, so one that is gone is paired with a new one of the same
    strategy, universe and dataset.
    """
    pairs = [(name if name in old.experiments else "", name) for name in new.experiments]
    gone = [name for name in old.experiments if name not in new.experiments]
    for name in gone:
        idea = _idea(old.experiments[name])
        at = next((i for i, pair in enumerate(pairs) if not pair[0] and _idea(new.experiments[pair[1]]) == idea), None)
        if at is None:
            pairs.append((name, ""))
        else:
            pairs[at] = (name, pairs[at][1])
    return pairs


def value_changes(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[ValueChange]:
    """Yield every resolved value that differs, in the order of the new side."""
    for key in {**new, **old}:
        one, other = old.get(key), new.get(key)
        if one is None or other is None or not _same(one.value, other.value):
            yield ValueChange(
                key,
                ABSENT if one is None else one.value,
                ABSENT if other is None else other.value,
                "" if one is None else one.origin,
                "" if other is None else other.origin,
                (other or one).meaning if (other or one) else "",  # type: ignore[union-attr]  # one of them is there
            )


def _written(values: Mapping[str, Value]) -> Iterator[ValueChange]:
    """Yield what files say of something new; the rest is defaults."""
    for key, each in values.items():
        if each.origin != DEFAULT:
            yield ValueChange(key, ABSENT, each.value, "", each.origin, each.meaning)


def _reviewed(
    pair: tuple[str, str],
    old: Judged,
    new: Judged,
    changed: Mapping[str, Rerun],
    behind: tuple[set[str], set[str]],
) -> Reviewed | None:
    """Return what a change does to one experiment, or None where it does nothing."""
    before, after = pair
    name = after or before
    stages = tuple(each for each in changed if after and each.endswith(f"@{after}"))
    if not before:
        values = tuple(_written(new.side.experiments[name]))
        limits = tuple(_limits_of_added(name, old.side, new.side))
        costs = tuple(_costs_of_added(name, old.side, new.side))
        figures = _figures(pair, old, new, changed, behind)
        return Reviewed(name, "added", "", values, limits, costs, stages=stages, figures=figures)
    if not after:
        return Reviewed(name, "removed", figures=_figures(pair, old, new, changed, behind))
    one, other = old.side.experiments[before], new.side.experiments[after]
    limits = tuple(limit_moves(one, other, declared=old.side.limits, redeclared=new.side.limits))
    costs = tuple(cost_moves(one, other, declared=old.side.costs, redeclared=new.side.costs))
    values = tuple(each for each in value_changes(one, other) if not _is_of_dataset(each, old, new, pair))
    code = tuple(_code(old.side, new.side, before, after))
    if not (values or limits or costs or code or stages or before != after):
        return None
    status = "renamed" if before != after else "changed"
    return Reviewed(
        name,
        status,  # type: ignore[arg-type]  # one of the two
        before if before != after else "",
        values,
        limits,
        costs,
        code,
        stages,
        _figures(pair, old, new, changed, behind),
    )


def _limits_of_added(name: str, old: Side, new: Side) -> Iterator[Move]:
    """Yield the limits of a new experiment that are looser than those beside which it stands, and that it has none."""
    values = new.experiments[name]
    for other, beside in _beside(name, old, new):
        for move in limit_moves(beside, values, declared=old.limits, redeclared=new.limits):
            if move.direction != "tighter":
                yield move._replace(beside=other)
    if not is_limited(values):
        yield Move("risk", ABSENT, None, "untold", "", "it is new and no limit is on")


def _costs_of_added(name: str, old: Side, new: Side) -> Iterator[Move]:
    """Yield the costs of a new experiment that are, or may be, lower than those beside which it stands."""
    for other, beside in _beside(name, old, new):
        for move in cost_moves(beside, new.experiments[name], declared=old.costs, redeclared=new.costs):
            if move.direction != "tighter":
                yield move._replace(beside=other)


def _beside(name: str, old: Side, new: Side) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Yield every experiment of the old side on the strategy and the dataset of a new one."""
    values = new.experiments[name]
    for other, beside in old.experiments.items():
        is_on_its_data = old.dataset_of[other] == new.dataset_of[name] or _is_same(beside, values, "dataset.")
        if is_on_its_data and _is_same(beside, values, STRATEGY):
            yield other, beside


def _is_of_dataset(change: ValueChange, old: Judged, new: Judged, pair: tuple[str, str]) -> bool:
    """Return whether a change is the shared dataset's own, which is reviewed as a dataset."""
    is_same_dataset = old.side.dataset_of.get(pair[0]) == new.side.dataset_of.get(pair[1])
    return is_same_dataset and change.key.startswith("dataset.")


def _datasets(old: Side, new: Side, changed: Mapping[str, Rerun]) -> Iterator[Reviewed]:
    for name in {**new.datasets, **old.datasets}:
        stages = tuple(each for each in changed if each == f"ingest@{name}")
        if name not in old.datasets:
            yield Reviewed(name, "added", values=tuple(_written(new.datasets[name])), stages=stages)
        elif name not in new.datasets:
            yield Reviewed(name, "removed")
        else:
            values = tuple(value_changes(old.datasets[name], new.datasets[name]))
            if values or stages:
                yield Reviewed(name, "changed", values=values, stages=stages)


def _code(old: Side, new: Side, before: str, after: str) -> Iterator[CodeChange]:
    """Yield the modules that differ in the code of an experiment's stages."""
    found: dict[tuple[str, str], list[str]] = {}
    for path, document in new.slices.items():
        folder, _, file = path.removeprefix("data/spec/").partition("/")
        if folder != after or f"data/spec/{before}/{file}" not in old.slices:
            continue
        one = old.code[old.slices[f"data/spec/{before}/{file}"].code_sha256]
        other = new.code[document.code_sha256]
        for module in sorted({*one, *other}):
            if one.get(module) != other.get(module):
                what = "added" if module not in one else "removed" if module not in other else "changed"
                found.setdefault((module, what), []).append(file.removesuffix(".json"))
    for (module, what), stages in found.items():
        yield CodeChange(module, what, tuple(stages))  # type: ignore[arg-type]  # one of the three words


def _figures(
    pair: tuple[str, str], old: Judged, new: Judged, changed: Mapping[str, Rerun], behind: tuple[set[str], set[str]]
) -> Figures | None:
    """Return the figures of both sides, or None where the change makes none anew."""
    before, after = figures_of(old.figures.get(pair[0])), figures_of(new.figures.get(pair[1]))
    is_made_anew = any(
        FIGURES.format(name=pair[1]) in stage.outs and each in changed for each, stage in new.graph.stages.items()
    )
    if not (before or after) or (before == after and not is_made_anew and not new.is_of_runs):
        return None
    return Figures(
        before,
        after,
        is_old_current=bool(before) and not _is_behind(pair[0], old.graph, behind[0]),
        is_new_current=bool(after) and not _is_behind(pair[1], new.graph, behind[1]),
    )


def _is_behind(name: str, graph: Graph, behind: set[str]) -> bool:
    """Return whether the stage that writes an experiment's figures has yet to run."""
    file = FIGURES.format(name=name)
    return any(file in stage.outs and each in behind for each, stage in graph.stages.items())


def _behind(pending: Mapping[str, Rerun]) -> set[str]:
    """Return the stages whose recorded result is not that of the spec; another environment of this machine does not count."""
    found: set[str] = set()
    for name, each in pending.items():
        own = [reason for reason in each.reasons if reason not in pending and reason != "environment"]
        if own or any(reason in found for reason in each.reasons):
            found.add(name)
    return found


def _unknown(old: Judged, new: Judged, rules: tuple[Rule, ...]) -> Iterator[Loosening]:
    """Yield that no limit can be told where a change mends a side that did not resolve: a person reads them."""
    if old.side.problems and not new.side.problems:
        what = "limits of every experiment: what they were is not known"
        yield Loosening(what, "", owners_of(RISK_FOLDER, rules))


def _limit_loosenings(experiments: Iterable[Reviewed], rules: tuple[Rule, ...]) -> Iterator[Loosening]:
    """Yield the limits that loosen, or may, each once with the experiments that it reaches."""
    for what, origin in _loose(experiments, "limits"):
        owners = dict.fromkeys((*owners_of(RISK_FOLDER, rules), *_owners_of_place(origin, rules)))
        yield Loosening(what, origin, tuple(owners))


def _flattering(experiments: Iterable[Reviewed], rules: tuple[Rule, ...]) -> Iterator[Loosening]:
    """Yield the costs and fills that loosen, or may, each once with the experiments that it reaches."""
    for what, origin in _loose(experiments, "costs"):
        yield Loosening(what, origin, _owners_of_place(origin, rules))


def _loose(experiments: Iterable[Reviewed], part: str) -> Iterator[tuple[str, str]]:
    """Yield what loosens, or may, in a part of the experiments, in words with their names, and the place that sets it."""
    found: dict[tuple[str, str], list[str]] = {}
    for review in experiments:
        for move in getattr(review, part):
            if move.direction != "tighter":
                found.setdefault((move.key, move.origin), []).append(review.name)
    for (key, origin), names in found.items():
        yield f"{key} of {', '.join(dict.fromkeys(names))}", origin


def _owners_of_place(origin: str, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """Return who owns the file of a place; nobody owns a default."""
    path = origin.partition(":")[0]
    return owners_of(path, rules) if "/" in path else ()


def _gate_loosenings(gates: Iterable[Any], rules: tuple[Rule, ...]) -> Iterator[Loosening]:
    for move in gates:
        if move.direction != "tighter":
            yield Loosening(f"gate {move.gate}: {move.what}", GATES_FILE, owners_of(GATES_FILE, rules))


def _rule_loosenings(moves: Iterable[RuleMove], rules: tuple[Rule, ...]) -> Iterator[Loosening]:
    for move in moves:
        if move.direction != "tighter":
            yield Loosening(f"rule {move.key}", move.file, owners_of(move.file, rules))


def _idea(values: Mapping[str, Value], start: str | tuple[str, ...] = SAME_IDEA) -> dict[str, Any]:
    return {key: each.value for key, each in values.items() if key.startswith(start)}


def _is_same(one: Mapping[str, Value], other: Mapping[str, Value], start: str) -> bool:
    """Return whether two experiments agree in every key that begins so."""
    return _idea(one, start) == _idea(other, start)


def _same(one: Any, other: Any) -> bool:
    """Return whether two JSON values are the same; a number is no truth value, though Python says that 1 == True."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
