"""A small project under git, without a package of its own, as a user has it: for reviews of its commits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from enerqis.governance.verdict import Verdict
from enerqis.io.project import Project
from enerqis.pipeline.reviewing import review_revisions

ROOT = Path(__file__).parents[2]
PARTS = ("conf", "plugins", "schemas", "dvc.yaml", "requirements.txt", ".gitignore", ".gitattributes", ".dvcignore")
PARAMS = """datasets: [btc_daily]
experiments:
  btc_donchian_breakout: {dataset: btc_daily, set: {}}
sweeps: {}
"""
OWNERS = "* @everyone\n/conf/risk/ @risk-team\n/.cbr/ @governance\n"


class ReviewRepo:
    """The project and its repository, on the branch main."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *words: str) -> None:
        """Run git."""
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", *who, *words], cwd=self.root, capture_output=True, check=True)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a piece of text in a file."""
        text = (self.root / path).read_text()
        assert old in text
        (self.root / path).write_text(text.replace(old, new))

    def back(self) -> None:
        """Return to the first commit."""
        self.git("checkout", "-q", "--force", "main")
        self.git("clean", "-qfd")

    def review(self, new: str | None = None, old: str = "main") -> tuple[Verdict, list[str]]:
        """Return the verdict, and what was said meanwhile."""
        said: list[str] = []
        return review_revisions(Project(self.root), old, new, say=said.append), said


def make_review_repo(root: Path) -> ReviewRepo:
    """Make the project in a new folder and commit it."""
    root.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part)
        else:
            shutil.copy(source, root / part)
    (root / "params.yaml").write_text(PARAMS)
    (root / ".cbr" / "trials").mkdir(parents=True)
    for file in ("acceptance_gates.yaml", "approvers.yaml"):
        shutil.copy(ROOT / ".cbr" / file, root / ".cbr")
    (root / ".cbr" / "trials" / "README.md").write_text("trials\n")
    (root / "CODEOWNERS").write_text(OWNERS)
    (root / "data" / "metrics").mkdir(parents=True)
    shutil.copy(ROOT / "data/metrics/btc_donchian_breakout.json", root / "data/metrics")
    repo = ReviewRepo(root)
    repo.git("init", "-q", "-b", "main")
    repo.git("add", "-A")
    repo.git("commit", "-qm", "start")
    return repo


def run_script(script: str, *words: object, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script of the workflows with this environment's `enerqis`."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", str(ROOT / ".github" / "scripts" / script), *map(str, words)],
        cwd=cwd,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
