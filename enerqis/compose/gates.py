"""Reading ``.cbr/acceptance_gates.yaml``: its model, and every name in it that must be the name of something that exists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from enerqis.compose.composed import Composed
from enerqis.compose.digests import plain
from enerqis.compose.experiments import names
from enerqis.compose.governed_yaml import compose_governed
from enerqis.compose.matching import allowed_values, nearest
from enerqis.compose.unions import kinds_of
from enerqis.compose.validating import by_place, validate_as
from enerqis.core.errors import ConfigError, Problem
from enerqis.core.tables import EQUITY, FILLS, ORDERS, TRADES
from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.interfaces.risk import LimitParams
from enerqis.io.plugins import load, params_class
from enerqis.io.project import Project
from enerqis.spec.gate_values import FIXED, METRIC, RISK
from enerqis.spec.gates import AcceptanceGates, Gate
from enerqis.spec.risk import RiskProfile

GATES_FILE = Path(".cbr/acceptance_gates.yaml")


def load_gates(project: Project) -> AcceptanceGates | None:
    """Return the project's gates; None where it has no file of gates.

    Raises
    ------
    ConfigError
        With every problem: not YAML, a broken rule, a wrong value, a name that names nothing.
    """
    composed = compose_governed(project, GATES_FILE)
    if composed is None:
        return None
    gates = validate_as(AcceptanceGates, composed)
    problems = [*_unknown_values(project, gates, composed), *_unknown_datasets(project, gates, composed)]
    if problems:
        raise ConfigError(sorted(problems, key=by_place))
    return gates


def gate_parts(gates: AcceptanceGates | None, risk: RiskProfile, *, dataset: str) -> dict[str, Any]:
    """Return what the stage `gate` reads of the gates and of an experiment, plain JSON.

    Parameters
    ----------
    gates : AcceptanceGates or None
    risk : RiskProfile
        The experiment's own; its numbers may be thresholds.
    dataset : str
        Whose rejected rows are explained.
    """
    found = plain(gates) if gates else {"gates": {}, "explained_rejects": []}
    explained = (each for each in found["explained_rejects"] if each["dataset"] == dataset)
    limits = {f"{kind}.{key}": value for kind, params in risk.limits() for key, value in plain(params).items()}
    return {
        "gates": found["gates"],
        "explained_rejects": {each["rule"]: each["most_rows_count"] for each in explained},
        "limits": {name: value for name, value in limits.items() if isinstance(value, int | float)},
    }


def known_values(project: Project) -> list[str]:
    """Return the name of every value that a gate may look at: the fixed ones, figures of metrics, limits of risk profiles."""
    return sorted([*FIXED, *_figure_makers(project), *_limit_names(project)])


def _figure_makers(project: Project) -> dict[str, list[str]]:
    """Return the metric kinds that make each figure with default parameters: what each says of a record of three sessions."""
    found: dict[str, list[str]] = {}
    for name, kind in kinds_of("metric", project.plugins).items():
        params = params_class(kind, MetricParams)
        for figure in load(kind).compute(params(), _three_sessions()) if params is not None else ():
            found.setdefault(f"{METRIC}.{figure}", []).append(name)
    return found


def _three_sessions() -> Evidence:
    returns = np.array([0.01, 0.03, -0.02])
    return Evidence(
        sessions=np.arange(3),
        returns=returns,
        benchmark_returns=returns,
        sessions_per_year=252.0,
        equity=EQUITY.empty_table(),
        fills=FILLS.empty_table(),
        orders=ORDERS.empty_table(),
        trades=TRADES.empty_table(),
        benchmark=pa.table({"ts": [], "equity": []}),
        initial_cash=1.0,
    )


def _limit_names(project: Project) -> list[str]:
    kinds = kinds_of("limit", project.plugins)
    models = {name: params_class(kind, LimitParams) for name, kind in kinds.items()}
    return [f"{RISK}.{name}.{key}" for name, model in models.items() if model for key in model.model_fields]


def _unknown_values(project: Project, gates: AcceptanceGates, composed: Composed) -> Iterator[Problem]:
    known, makers = known_values(project), _figure_makers(project)
    for name, gate in gates.gates.items():
        for key, value in _named(gate):
            path = ("gates", name, key)
            figure = _without_choice(value)
            if figure not in known:
                yield Problem(composed.where(path), ".".join(path), _unknown(value, known))
            elif len(makers.get(figure, ())) > 1:
                whose = " and ".join(makers[figure])
                message = f"'{figure}' is a figure of the metrics {whose}, so a gate cannot tell whose. Rename one's."
                yield Problem(composed.where(path), ".".join(path), message)


def _named(gate: Gate) -> Iterator[tuple[str, str]]:
    """Yield the keys of a gate that name a value, and the name."""
    yield "value", gate.value
    if isinstance(gate.threshold, str):
        yield "threshold", gate.threshold


def _without_choice(value: str) -> str:
    """Return a figure's name without the name under which an experiment chose its metric: ``metric.NAME.KEY``."""
    section, *middle, key = value.split(".")
    return f"{METRIC}.{key}" if section == METRIC and len(middle) == 1 else value


def _unknown(value: str, known: list[str]) -> str:
    section = value.partition(".")[0]
    sections = sorted({each.partition(".")[0] for each in known})
    near = nearest(value, known)
    hint = f" Did you mean '{near}'?" if near else ""
    if section not in sections:
        return f"no stage makes a value '{value}'.{hint} Allowed sections: {', '.join(sections)}; see docs/gates.md."
    same = [each for each in known if each.startswith(f"{section}.")]
    return f"no stage makes a value '{value}'.{allowed_values(value, same)}"


def _unknown_datasets(project: Project, gates: AcceptanceGates, composed: Composed) -> Iterator[Problem]:
    known = names(project, "dataset")
    for index, each in enumerate(gates.explained_rejects):
        if each.dataset not in known:
            path = ("explained_rejects", str(index), "dataset")
            message = f"no file conf/dataset/{each.dataset}.yaml.{allowed_values(each.dataset, known)}"
            yield Problem(composed.where(path), ".".join(path), message)
