"""A temporary clone of this project in which the real `git`, `dvc` and `enerqis` run, its own package among them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).parents[1]
WHO = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")


class Clone:
    """The clone; `bin` beside it holds its `enerqis`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def call(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone with its own package."""
        path = f"{self.root.parent / 'bin'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "PYTHONPATH": str(self.root), "DVC_NO_ANALYTICS": "true"}
        done = subprocess.run(words, cwd=self.root, env=environment, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(words)}\n{done.stdout}\n{done.stderr}")
        return done

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.call("git", "add", "--all")
        self.call("git", *WHO, "commit", "--quiet", "--message", message)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a piece of text once."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        if old not in text:
            raise ValueError(f"{path} has no {old!r}")
        file.write_text(text.replace(old, new, 1), encoding="utf-8")


@contextmanager
def clone() -> Iterator[Clone]:
    """Yield a clone of the last commit; compiled kernels are shared, as their names are the hash of what they compute."""
    with TemporaryDirectory(prefix="enerqis-bench-") as folder:
        root = Path(folder) / "project"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(PROJECT), str(root)], check=True)
        launcher = Path(folder) / "bin" / "enerqis"
        launcher.parent.mkdir()
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m enerqis.cli "$@"\n', encoding="utf-8")
        launcher.chmod(0o755)
        kernels = PROJECT / ".enerqis" / "kernels"
        kernels.mkdir(parents=True, exist_ok=True)
        (root / ".enerqis").mkdir()
        (root / ".enerqis" / "kernels").symlink_to(kernels)
        yield Clone(root)


def copied(source: Clone, name: str) -> Clone:
    """Return a copy of a clone as it is now, beside it."""
    root = source.root.parent / name
    shutil.copytree(source.root, root, symlinks=True)
    return Clone(root)
