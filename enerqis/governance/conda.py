"""``environment.yml``: the pins of the requirements file for people who make their environments with Conda.

Conda brings Python and pip, pip installs the pins: the same versions from the same place as without Conda. It names channels
by name only, so that where packages come from stays the matter of each machine's own settings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from enerqis.io.project import Project
from enerqis.io.requirements import Pin

FILE = "environment.yml"
PYTHON = "3.11"
"""The reference: result hashes in ``dvc.lock`` were made with it."""

HEAD = """\
# Environment for Conda: drawn from requirements.txt by 'enerqis environment conda'. Edit neither by hand.
#   conda env create --file environment.yml && conda activate {name}
# pip checks no hashes on this way: 'enerqis doctor' says whether versions are those of the pins.
"""


def conda_text(pins: Sequence[Pin], *, name: str, has_source: bool) -> str:
    """Return the content of ``environment.yml``.

    Parameters
    ----------
    pins : sequence of Pin
        In the order in which they are written; markers are kept.
    name : str
        What Conda calls the environment.
    has_source : bool
        True where the folder is a checkout of the package, which is then installed as it stands there.
    """
    lines = [str(pin.need) for pin in pins] + (["--editable ."] if has_source else [])
    listed = "".join(f"      - {_quoted(line)}\n" for line in lines)
    return (
        HEAD.format(name=name)
        + f"name: {name}\nchannels:\n  - conda-forge\n  - nodefaults\n"
        + f"dependencies:\n  - python={PYTHON}\n  - pip\n  - pip:\n{listed}"
    )


def conda_file(project: Project, pins: Sequence[Pin]) -> str:
    """Return what ``environment.yml`` of a project has to be: a checkout of the package installs itself too."""
    has_source = (project.root / "pyproject.toml").is_file()
    name = "enerqis" if has_source else re.sub(r"[^A-Za-z0-9_.-]", "-", project.root.resolve().name)
    return conda_text(pins, name=name, has_source=has_source)


def _quoted(line: str) -> str:
    """Return a line as YAML reads it back: quoted where a marker holds quotes of its own."""
    return f"'{line.replace(chr(39), chr(39) * 2)}'" if set(line) & set("'\";:#") else line
