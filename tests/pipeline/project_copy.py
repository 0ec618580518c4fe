"""A copy of this project, cut down to a few experiments, in which the real `dvc` and `enerqis` run."""

from __future__ import annotations

import compileall
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

REPOSITORY = Path(__file__).parents[2]
PARTS = (
    "conf",
    "enerqis",
    "plugins",
    "schemas",
    "dvc.yaml",
    "requirements.txt",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    ".dvcignore",
    ".gitattributes",
    ".gitignore",
    ".yamllint",
    ".cbr",
    ".github",
    "CONTRIBUTING.md",
    "docs/environment.md",
    "docs/gates.md",
    "docs/packages.md",
    "docs/registry.md",
    "docs/repository.md",
    "docs/review.md",
    "docs/roadmap.md",
    "docs/secrets.md",
    "data/README.md",
    "data/sweep/README.md",
)
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass
class Copy:
    """A project in a folder of its own, with its own package code."""

    root: Path

    def call(self, *words: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the virtual environment in the copy."""
        done = subprocess.run(
            words, cwd=self.root, env=self.environment | environment, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done

    @property
    def environment(self) -> dict[str, str]:
        """Variables under which the copy's own code is what `enerqis` runs."""
        binaries = str(Path(sys.executable).parent)
        return {
            **os.environ,
            "PATH": f"{self.root / 'bin'}{os.pathsep}{binaries}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DVC_NO_ANALYTICS": "true",
        }

    def copied(self, root: Path) -> Copy:
        """Return another copy, as this one is now."""
        shutil.copytree(self.root, root, symlinks=True)
        return Copy(root)

    def repro(self) -> set[str]:
        """Run `dvc repro` and return the stages that it ran."""
        return stages_in(self.call("dvc", "repro").stdout)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace one piece of text in a file of the copy."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def read(self, path: str) -> str:
        """Return the text of a file of the copy."""
        return (self.root / path).read_text(encoding="utf-8")


def stages_in(said: str) -> set[str]:
    """Return the stages that `dvc` says it ran."""
    return set(re.findall(r"Running stage '([^']+)'", said))


def make_copy(root: Path, params: str) -> Copy:
    """Copy the project into `root`, with `params` as its params.yaml, as a git and DVC repository."""
    root.mkdir(parents=True)
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=IGNORED)
        elif source.is_file():
            (root / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / part)
    (root / "params.yaml").write_text(params if "sweeps:" in params else f"{params}sweeps: {{}}\n", encoding="utf-8")
    (root / "bin").mkdir()
    launcher = root / "bin" / "enerqis"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m enerqis.cli "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)
    _compile(root / "enerqis")
    _share_kernels(root)
    shutil.copytree(REPOSITORY / ".dvc", root / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp", "config.local"))
    copy = Copy(root)
    copy.call("git", "init", "-q")
    copy.call("git", "add", "-A")
    copy.call("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "start")
    return copy


def _compile(package: Path) -> None:
    """Compile a copied package, so that its processes start sooner; an edited source is found by its hash, not its time."""
    compileall.compile_dir(str(package), quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)


def _share_kernels(root: Path) -> None:
    """Let every copy use one folder of compiled kernels: their names are the hash of what they compute."""
    shared = REPOSITORY / ".enerqis" / "kernels"
    shared.mkdir(parents=True, exist_ok=True)
    (root / ".enerqis").mkdir()
    (root / ".enerqis" / "kernels").symlink_to(shared)
