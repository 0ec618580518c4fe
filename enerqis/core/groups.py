"""The groups of ``conf/``: which package implements each, and which stages read it.

A new group is a folder under ``conf/``, an interface file, one line here and one line in the import contract.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """One folder under ``conf/``.

    Parameters
    ----------
    name : str
        Folder under ``conf/`` and key of the experiment.
    package : str
        Package under ``enerqis`` (and folder under ``plugins/``) with one file a kind; empty where the spec itself is the
        only implementation.
    stages : tuple of str
        Stages whose slice holds this group.
    many : bool
        True where an experiment holds a mapping of names to choices instead of one choice.
    inside : str
        The group this one is chosen inside of, or empty.
    summary : str
        One line for ``enerqis list``.
    default : str
        Kind that an experiment has where nothing chooses one, or empty where one must be chosen. It does nothing, so that an
        experiment that leaves the group out is what it was before the group existed.
    """

    name: str
    package: str
    stages: tuple[str, ...]
    summary: str
    many: bool = False
    inside: str = ""
    default: str = ""


GROUPS: tuple[Group, ...] = (
    Group("connector", "connectors", ("ingest",), "where a dataset's bytes come from", inside="dataset"),
    Group("dataset", "", ("ingest", "sweep"), "what is ingested: connector, symbols, frequency, normalisation"),
    Group(
        "universe",
        "",
        ("features", "backtest", "validate", "sweep", "parity", "report"),
        "what an experiment trades of its dataset",
    ),
    Group("feature", "features", ("features", "validate", "sweep"), "columns computed from bars", many=True),
    Group(
        "strategy",
        "strategies",
        ("backtest", "validate", "sweep", "parity", "report"),
        "indicators and the decision at each bar",
    ),
    Group("cost", "costs", ("backtest", "validate", "sweep", "parity"), "commission, slippage and carry"),
    Group("risk", "risk", ("backtest", "validate", "sweep", "parity"), "limits that bound every decision"),
    Group(
        "execution", "engines", ("backtest", "validate", "sweep", "parity"), "engine, fill rules, sizing, initial cash"
    ),
    Group("cv", "cv", ("validate",), "train and test ranges of a validation", default="none"),
    Group(
        "search", "search", ("validate", "sweep"), "which other values of an experiment a sweep tries", default="none"
    ),
    Group("metric", "metrics", ("report",), "figures computed from the equity curve", many=True),
    Group("report", "reports", ("report",), "the page a person reads"),
    Group("tracking", "tracking", ("track",), "where runs are logged"),
    Group("globaldb", "", (), "the Global Database: folders, what each holds, what it mirrors"),
)

FAMILIES: tuple[str, ...] = (
    "connectors",
    "features",
    "strategies",
    "costs",
    "risk",
    "cv",
    "search",
    "metrics",
    "reports",
    "indicators",
)
"""Packages scanned for plug-ins, shipped and in a project's ``plugins/``."""

STAGES: tuple[str, ...] = (
    "resolve",
    "ingest",
    "features",
    "backtest",
    "validate",
    "sweep",
    "parity",
    "report",
    "gate",
    "track",
)
"""The stages in the order of the flow."""

EXPERIMENT_STAGES: tuple[str, ...] = ("features", "backtest", "validate", "parity", "report", "gate")
"""Those that run once an experiment."""

SWEEP_STAGES: tuple[str, ...] = ("sweep",)
"""Those that run once a sweep."""


def group(name: str) -> Group:
    """Return the group called `name`.

    Raises
    ------
    KeyError
        If there is no such group.
    """
    return {each.name: each for each in GROUPS}[name]


GROUP_NAMES: tuple[str, ...] = tuple(each.name for each in GROUPS)
