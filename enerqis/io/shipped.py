"""Where the files that ENERQIS ships beside its code lie: the value groups of ``conf/``, the graph, templates.

In an installed wheel they are inside the package; in a checkout they are the repository's own, so that there is one copy.
"""

from __future__ import annotations

from pathlib import Path

from enerqis.core.errors import SetupError
from enerqis.io.plugins import package_folder

IN_WHEEL = "shipped"
"""Folder of the package that the wheel puts the repository's files into (``force-include`` in pyproject.toml)."""


def shipped_folder() -> Path:
    """Return the folder that holds the shipped ``conf/`` and ``dvc.yaml``.

    Raises
    ------
    SetupError
        If the installation is not whole.
    """
    package = package_folder()
    for folder in (package / IN_WHEEL, package.parent):
        if (folder / "conf").is_dir() and (folder / "dvc.yaml").is_file():
            return folder
    raise SetupError(
        f"{package}: the shipped conf/ is missing. Install ENERQIS again: pip install --force-reinstall enerqis"
    )


def templates(name: str) -> Path:
    """Return the folder of templates called `name`."""
    return package_folder() / "templates" / name
