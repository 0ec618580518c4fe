"""Write down what a project resolves to: ``python -m enerqis.pipeline.side PROJECT FILE``.

`enerqis diff` runs it once for each side, in a process of its own, with that side's package and plug-ins.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from enerqis.compose.closure import closure
from enerqis.compose.composed import Composed
from enerqis.compose.composing import compose
from enerqis.compose.digests import code_digest
from enerqis.compose.experiments import compose_experiment
from enerqis.compose.origins import leaves
from enerqis.core.errors import ConfigError, EnerqisError
from enerqis.governance.side import Costs, Limits, Side, Value
from enerqis.io.atomic import write_text
from enerqis.io.plugins import Kind, load, scan
from enerqis.io.project import Project
from enerqis.pipeline.resolve import prepare

SHARED = ("enerqis.core.", "enerqis.spec.", "enerqis.interfaces.")
"""Modules that every limit and cost kind imports and none decides by."""


def side_of(project: Project) -> Side:
    """Return what a project resolves to; what is wrong in it is part of the answer."""
    try:
        prepared = prepare(project)
    except ConfigError as exc:
        return Side(problems=tuple(str(each) for each in exc.problems))
    except EnerqisError as exc:
        return Side(problems=(str(exc),))
    resolved, pins = prepared.resolved, prepared.index.pins
    return Side(
        datasets={
            name: dict(_values(each, compose(project, root=f"dataset/{name}"), ("dataset",)))
            for name, each in resolved.datasets.items()
        },
        experiments={
            name: dict(_values(each, compose_experiment(project, name))) for name, each in resolved.experiments.items()
        },
        dataset_of=prepared.index.datasets,
        slices={f"data/spec/{place}": each.document for place, each in prepared.frozen.items()},
        code=pins["code"],
        environment=pins["environment"],
        limits=dict(limits_of(project)),
        costs=dict(costs_of(project)),
    )


def _values(spec: BaseModel, composed: Composed, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Value]]:
    """Yield every value of a spec by its dotted key, with its place and its meaning."""
    for leaf in leaves(spec, composed, above):
        if not leaf.is_branch:
            yield ".".join(leaf.path), Value(value=leaf.value, origin=leaf.origin, meaning=_meaning(spec, leaf.path))


def _meaning(spec: BaseModel, path: tuple[str, ...]) -> str:
    """Return what the model that owns the last key says of it."""
    here: object = spec
    said = ""
    for step in path:
        if isinstance(here, BaseModel):
            field = type(here).model_fields.get(step)
            said = (field.description or "") if field else ""
            here = getattr(here, step, None)
        else:
            here = here.get(step) if isinstance(here, dict) else None
            said = ""
    return said.partition("\n")[0]


def limits_of(project: Project) -> Iterator[tuple[str, Limits]]:
    """Yield what each limit kind of the project declares."""
    for name, kind in scan("risk", project.plugins).items():
        yield name, Limits(looser=dict(getattr(load(kind), "LOOSER", {})), code=_own_code(project, kind))


def costs_of(project: Project) -> Iterator[tuple[str, Costs]]:
    """Yield what each cost kind of the project declares."""
    for name, kind in scan("costs", project.plugins).items():
        module = load(kind)
        looser, is_free = dict(getattr(module, "LOOSER", {})), bool(getattr(module, "IS_FREE", False))
        yield name, Costs(looser=looser, code=_own_code(project, kind), is_free=is_free)


def _own_code(project: Project, kind: Kind) -> str:
    """Return the hash of the code that a kind decides by."""
    code = closure([kind.path], project.plugins)
    return code_digest({module: found for module, found in code.items() if not module.startswith(SHARED)})


def main() -> int:
    """Resolve the project of the first word into the file of the second."""
    project, out = Project(Path(sys.argv[1])), Path(sys.argv[2])
    write_text(out, side_of(project).model_dump_json())
    return 0


if __name__ == "__main__":
    sys.exit(main())
