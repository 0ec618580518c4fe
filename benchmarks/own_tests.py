"""Import this project's tests outside pytest: an installed package `tests` would win over a folder without __init__."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]


def mount() -> None:
    """Let `tests` be this project's folder from now on."""
    ours = ModuleType("tests")
    ours.__path__ = [str(ROOT / "tests")]
    sys.modules["tests"] = ours
