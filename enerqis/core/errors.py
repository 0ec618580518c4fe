"""The tree of errors a user may see; one root, a few leaves.

    EnerqisError
    ├── ConfigError        a spec, a params.yaml or a governed file is wrong (carries every problem at once)
    ├── PluginError        a plug-in file is missing, doubled or breaks its family's interface
    ├── DataError          bytes from outside are not what the dataset declares
    ├── StageError         a stage cannot run: an input is missing, an out is locked, the disk is full
    └── SetupError         the machine or the environment lacks something

Every message says where, what, what is allowed and what next. It is not for defects of ENERQIS itself: those stay
ordinary Python exceptions and show a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class EnerqisError(Exception):
    """Root of all errors that are the user's to mend."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a configuration, at a place a reader can open.

    Parameters
    ----------
    where : str
        ``file:line:column`` relative to the project, or ``<override>``.
    path : str
        Dotted key of the resolved spec, such as ``strategy.fast_bars``.
    message : str
        What is wrong, what is allowed, the nearest match.
    """

    where: str
    path: str
    message: str

    def __str__(self) -> str:
        """Render as the line an editor can jump to."""
        head = f"{self.where}: " if self.where else ""
        return f"{head}{self.path}: {self.message}" if self.path else f"{head}{self.message}"


class ConfigError(EnerqisError):
    """One or more problems in configuration, all reported at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PluginError(EnerqisError):
    """A plug-in cannot be found or does not fit its family."""


class DataError(EnerqisError):
    """Input data are not what their dataset declares."""


class StageError(EnerqisError):
    """A stage cannot start or finish."""


class SetupError(EnerqisError):
    """The machine or the Python environment lacks something."""
