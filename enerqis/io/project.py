"""Where things lie in a project: the folder that holds conf/, params.yaml and dvc.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from enerqis.core.errors import SetupError

MARKERS = ("conf", "params.yaml")


@dataclass(frozen=True)
class Project:
    """Paths of one project; nothing here touches the disk but `find`.

    Parameters
    ----------
    root : Path
        Absolute folder of the project.
    """

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """Return the project that contains `start` (default: the working directory).

        Raises
        ------
        SetupError
            If no folder upwards holds both conf/ and params.yaml.
        """
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if all((folder / marker).exists() for marker in MARKERS):
                return cls(folder)
        raise SetupError(
            f"{here}: no project here or above: a project has conf/ and params.yaml. "
            "Change into one, or make one with 'enerqis init DIR'."
        )

    @property
    def conf(self) -> Path:
        """Folder of the YAML specs."""
        return self.root / "conf"

    @property
    def plugins(self) -> Path:
        """Folder of the project's own plug-ins, one folder a family."""
        return self.root / "plugins"

    @property
    def schemas(self) -> Path:
        """Folder of the generated JSON schemas."""
        return self.root / "schemas"

    @property
    def params_file(self) -> Path:
        """What is in the DVC graph."""
        return self.root / "params.yaml"

    @property
    def data(self) -> Path:
        """Folder of every stage's outputs."""
        return self.root / "data"

    @property
    def state(self) -> Path:
        """Folder of what is not an output: store, kernels, locks, logs."""
        return self.root / ".enerqis"

    @property
    def store(self) -> Path:
        """Content-addressed results."""
        return self.state / "store"

    @property
    def kernels(self) -> Path:
        """Generated engine modules and numba's cache of them."""
        return self.state / "kernels"

    @property
    def chunks(self) -> Path:
        """Finished parts of sweeps that are under way."""
        return self.state / "chunks"

    @property
    def store_lock(self) -> Path:
        """Lock that runs share while they read what they put into the store; who removes from it holds it alone."""
        return self.locks / "store.lock"

    @property
    def locks(self) -> Path:
        """One lock file an output."""
        return self.state / "lock"

    @property
    def logs(self) -> Path:
        """Application log, rotated."""
        return self.state / "log"

    def relative(self, path: Path) -> str:
        """Return `path` as messages show it: relative to the project where it lies inside."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
