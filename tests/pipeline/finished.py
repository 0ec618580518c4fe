"""A finished project of one experiment in a folder of its own, run in this process, for tests that tamper with it."""

from __future__ import annotations

import shutil
from pathlib import Path

from enerqis.io.project import Project
from enerqis.pipeline import api
from enerqis.pipeline.resolve import resolve

ROOT = Path(__file__).parents[2]
EXPERIMENT = "goog_sma_cross"
DATASET = "us_equities_daily"
PARAMS = f"""datasets: [{DATASET}]
experiments:
  {EXPERIMENT}: {{dataset: {DATASET}, set: {{}}}}
"""


def make_finished(folder: Path) -> Project:
    """Resolve and run the experiment with its outputs placed; compiled kernels are shared with the repository."""
    for name in ("conf", "plugins"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / ".cbr").mkdir()
    shutil.copy(ROOT / ".cbr" / "acceptance_gates.yaml", folder / ".cbr" / "acceptance_gates.yaml")
    shutil.copy(ROOT / "requirements.txt", folder / "requirements.txt")
    (folder / "params.yaml").write_text(PARAMS, encoding="utf-8")
    kernels = ROOT / ".enerqis" / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    (folder / ".enerqis").mkdir()
    (folder / ".enerqis" / "kernels").symlink_to(kernels.resolve())
    project = Project(folder)
    resolve(project)
    api.run(EXPERIMENT, project=folder)
    return project


def copy_of(project: Project, folder: Path) -> Project:
    """Return a copy of a finished project whose files may be changed; stored results stay read-only there too."""
    shutil.copytree(project.root, folder, symlinks=True)
    return Project(folder)
