"""Draw the tables of docs/architecture.md from the import contracts, the groups and the files: `python docs/architecture.py`.

A test holds the page fresh. What is drawn is only what the code says; the sentences around the tables are written by hand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from enerqis.core.groups import FAMILIES, GROUPS, STAGES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BLOCK = re.compile(r"(<!-- drawn: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

PURPOSE = {
    "cli": "words to the user, one file a command",
    "pipeline": "one file a stage; the runner does locks, receipts, the store and placing",
    "compose": "YAML to typed specs, canonical forms, hashes",
    "tracking": "MLflow, the trial ledger and the application log",
    "governance": "gates, registry, approvals, audit log, document headers, packages: what may go further, and who said so",
    "leaks": "tests of what knows the future: other futures, fills, labels, folds",
    "validation": "runs beside the one that an experiment is, and what they say of it",
    "laws": "what every plug-in of a family must hold, checked on its code and its results",
    "engines": "strategies, costs and limits run over bars",
    "ingestion": "raw bytes to checked bars",
    "connectors": "where bytes come from",
    "features": "columns computed from bars",
    "strategies": "decisions, one a bar",
    "costs": "commission and slippage",
    "risk": "limits that bound every decision",
    "cv": "train and test ranges of a validation",
    "search": "which points of a space a sweep tries",
    "metrics": "figures from an equity curve",
    "reports": "pages a person reads",
    "pages": "parts of HTML pages: charts, tables, templates",
    "indicators": "streaming series that strategies and features declare",
    "vaults": "where secrets are kept, and resolving references to them",
    "interfaces": "what a plug-in of each family must be",
    "io": "files: parquet, JSON, hashes, locks, the store; git and the one forge",
    "quant": "pure mathematics, shapes and units said",
    "spec": "models of the experiment, of what `resolve` writes and of the governed files",
    "core": "errors, tables, units, groups, roles, the clock",
}
"""What each package is for, in one line."""


class Step(NamedTuple):
    """One step of the roadmap and where it lives: groups by name, packages by path, stages by name."""

    phase: str
    concept: str
    groups: tuple[str, ...]
    packages: tuple[str, ...]
    stages: tuple[str, ...]


STEPS: tuple[Step, ...] = (
    Step(
        "1.1",
        "Global Database: a human file and its machine twin of everything",
        ("globaldb",),
        ("governance", "spec", "compose"),
        ("resolve",),
    ),
    Step("1.1", "secrets by reference", (), ("vaults", "governance"), ()),
    Step("1.1", "pinned environment, for pip, Conda and containers", (), ("compose", "governance"), ("resolve",)),
    Step("1.1", "owners, rights and rules of the main branch, drawn from the roadmap", (), ("governance",), ()),
    Step(
        "1.1",
        "ingestion with checksums: raw, processed, parquet",
        ("connector", "dataset"),
        ("ingestion",),
        ("ingest",),
    ),
    Step("1.1", "packaging, tests, CI and what a change does before it is merged", (), ("governance", "cli"), ()),
    Step("1.2", "strategies, market energy among them", ("strategy", "feature"), ("indicators",), ("features",)),
    Step("1.2", "backtest harness with risk hooks", ("execution", "risk", "cost", "universe"), (), ("backtest",)),
    Step("1.2", "reports and artifacts tied to dataset and config hashes", ("report", "metric"), (), ("report",)),
    Step("1.2", "logs and JSON-lines audit trails", (), ("tracking", "io"), ("backtest",)),
    Step("1.2", "cBots and parity with them", (), (), ("parity",)),
    Step("1.3", "monitoring, paper trading, packaging flow", (), ("services",), ()),
    Step("2.1", "one strategy in every engine", ("execution",), (), ("parity",)),
    Step(
        "2.2",
        "purged validation, walk-forward, parameter search",
        ("cv", "search"),
        ("validation", "leaks", "quant"),
        ("validate", "sweep"),
    ),
    Step("2.2", "experiment tracking and dataset hashing", ("tracking",), (), ("track",)),
    Step("2.3", "more markets, connectors and normalisation rules", ("connector", "dataset"), (), ("ingest",)),
    Step("2.3", "portfolios of experiments", (), ("portfolios",), ()),
    Step("3.1", "embeddings and strategy selection", (), ("embeddings", "selectors"), ()),
    Step("3.2", "advisors behind human approval", (), ("advisors", "governance"), ("gate",)),
    Step("4", "execution, deployment, automated risk stops", (), ("brokers", "services"), ()),
    Step("5", "pools of assets, allocation, compliance review", (), ("pools", "governance"), ("gate",)),
)
"""The roadmap's steps in order. Groups, packages and stages that do not exist yet are marked as planned when drawn."""


def layers() -> list[list[str]]:
    """Return the floors from top to bottom, as the import contract has them."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {each["id"]: each for each in pyproject["tool"]["importlinter"]["contracts"]}
    return [[name.strip() for name in layer.split("|")] for layer in contracts["floors"]["layers"]]


def floor(package: str) -> str:
    """Return the number of the floor a package stands on, 1 at the bottom."""
    floors = layers()
    return next((str(len(floors) - index) for index, names in enumerate(floors) if package in names), "")


def floors_table() -> list[str]:
    """Return a row a package: floor, package, purpose."""
    rows = [(floor(name), f"`{name}/`", PURPOSE[name]) for names in layers() for name in names]
    return _table(("floor", "package", "what it is for"), rows)


def groups_table() -> list[str]:
    """Return a row a group: folder, package, floor, stages and files."""
    rows = []
    for group in GROUPS:
        package = group.package or "spec"
        is_open = package in FAMILIES
        rows.append(
            (
                f"`conf/{group.name}/`",
                group.summary,
                f"`{package}/`",
                floor(package),
                ", ".join(f"`{stage}`" for stage in group.stages),
                f"`plugins/{package}/KIND.py`" if is_open else "",
            )
        )
    return _table(("group", "what it says", "package", "floor", "read by", "your own"), rows)


def steps_table() -> list[str]:
    """Return a row a step of the roadmap: concept, groups, packages with their floor, stages with their file."""
    rows = []
    for step in STEPS:
        own = [group.package for group in GROUPS if group.name in step.groups and group.package]
        packages = list(dict.fromkeys([*own, *step.packages]))
        rows.append(
            (
                step.phase,
                step.concept,
                _marked(step.groups, [group.name for group in GROUPS]),
                ", ".join(f"`{name}/` ({at})" if (at := floor(name)) else f"{name} (planned)" for name in packages),
                ", ".join(
                    f"`enerqis/pipeline/{name}.py`" if name in STAGES else f"{name} (planned)" for name in step.stages
                ),
            )
        )
    return _table(("step", "concept", "groups", "packages (floor)", "stage"), rows)


def drawn(page: str) -> str:
    """Return the page with every block drawn anew."""
    tables = {"floors": floors_table, "groups": groups_table, "steps": steps_table}
    return BLOCK.sub(lambda match: match[1] + "\n".join(tables[match["name"]]()) + "\n" + match[3], page)


def _marked(names: Iterable[str], existing: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" if name in existing else f"{name} (planned)" for name in names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
