"""The law of names: a kind has one name in YAML, Python and tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from enerqis.core.groups import group
from enerqis.io.plugins import scan
from enerqis.io.project import Project

NAMED_GROUPS = ("strategy", "connector", "feature", "cv", "search", "metric", "report")
"""Groups whose every kind has a YAML file and a test of the same name."""


def unmatched_names(project: Project, group_name: str, *, with_shipped: bool) -> Iterator[str]:
    """Yield each file of a kind that lacks its counterpart.

    Parameters
    ----------
    project : Project
    group_name : str
        One of `NAMED_GROUPS`.
    with_shipped : bool
        Hold the shipped kinds too: for the repository of ENERQIS itself.
    """
    family = group(group_name).package
    kinds = scan(family, project.plugins)
    python = {name for name, kind in kinds.items() if with_shipped or not kind.is_shipped}
    specs = {stem.partition("__")[0] for stem in _stems(project.conf / group_name, "*.yaml")}
    tests = {stem.removeprefix("test_") for stem in _stems(project.root / "tests" / family, "test_*.py")}
    for name in sorted(python - specs):
        yield f"conf/{group_name}/{name}.yaml is missing: {kinds[name].shown} exists"
    for name in sorted(python - tests):
        yield f"tests/{family}/test_{name}.py is missing: {kinds[name].shown} exists"
    for name in sorted(specs - set(kinds)):
        yield f"conf/{group_name}/{name}.yaml is no kind: neither enerqis/ nor plugins/ has {family}/{name}.py"
    for name in sorted(tests - set(kinds)):
        yield f"tests/{family}/test_{name}.py tests no kind: neither enerqis/ nor plugins/ has {family}/{name}.py"


def _stems(folder: Path, pattern: str) -> list[str]:
    return [path.stem for path in folder.glob(pattern)]
