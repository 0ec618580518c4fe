"""The environment identity: the versions that a stage's numbers can depend on, and nothing else of the machine."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from enerqis.core.errors import SetupError
from enerqis.io.hashing import digest

ENVIRONMENT_DOMAIN = "enerqis/environment/1"

PACKAGES: dict[str, tuple[str, ...]] = {
    "ingest": ("numpy", "pandas", "pyarrow", "exchange-calendars", "tzdata"),
    "features": ("numpy", "pyarrow", "numba", "llvmlite"),
    "backtest": ("numpy", "pyarrow"),
    "validate": ("numpy", "pandas", "pyarrow", "scipy", "numba", "llvmlite", "exchange-calendars", "tzdata"),
    "sweep": ("numpy", "pyarrow"),
    "parity": ("numpy", "pyarrow"),
    "report": (
        "numpy",
        "pandas",
        "pyarrow",
        "scipy",
        "numba",
        "llvmlite",
        "empyrical-reloaded",
        "exchange-calendars",
        "tzdata",
        "jinja2",
    ),
    "gate": (),
    "track": ("numpy", "pyarrow", "jinja2"),
}
"""Distributions whose version is part of each stage's identity."""

ENGINE_PACKAGES: dict[str, tuple[str, ...]] = {
    "kernel": ("numba", "llvmlite"),
    "zipline": ("zipline-reloaded", "pandas", "exchange-calendars", "empyrical-reloaded", "sqlalchemy"),
}
"""Distributions that an engine adds to the identity of the stage that runs it."""


SEARCH_PACKAGES: dict[str, tuple[str, ...]] = {"tpe": ("optuna",)}
"""Distributions that propose the points of a search."""


def environment(stage: str, engine: str | None = None, search: str | None = None) -> dict[str, str]:
    """Return the facts of the environment that are part of a stage's identity.

    Parameters
    ----------
    stage : str
    engine : str, optional
        Engine that the stage runs.
    search : str, optional
        Kind of search that the stage runs.

    Raises
    ------
    SetupError
        If a package that the stage needs is not installed.
    """
    facts = {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
    for package in (*PACKAGES[stage], *ENGINE_PACKAGES.get(engine or "", ()), *SEARCH_PACKAGES.get(search or "", ())):
        try:
            facts[package] = version(package)
        except PackageNotFoundError as exc:
            raise SetupError(
                f"{package} is not installed, but stage '{stage}' needs it. Install the pinned requirements: "
                "pip install --require-hashes -r requirements.txt"
            ) from exc
    return facts


def environment_digest(facts: dict[str, str]) -> str:
    """Return the hash of what `environment` found."""
    return digest(ENVIRONMENT_DOMAIN, facts)
