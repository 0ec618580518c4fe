"""Make a project of your own in a new or empty folder."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from pathlib import Path

from enerqis.cli.console import Console
from enerqis.core.errors import SetupError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="folder of the project; new, or empty")
    parser.add_argument("--no-git", action="store_true", help="keep the project without git")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the project whole or not at all, and say what comes next."""
    target = args.folder.resolve()
    _refuse_if_used(target, args.folder)
    has_git = not args.no_git and shutil.which("git") is not None
    _make(target, has_git=has_git)
    if has_git and not _is_in_git(target):
        subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    console.result(f"{args.folder}: a project with one experiment, 'first', on synthetic prices")
    console.say(f"next: cd {args.folder} && enerqis lint && dvc repro")
    if not _pins_enerqis(target):
        console.say("requirements.txt pins nothing: ENERQIS runs here from its source without being installed")
    if not has_git:
        console.say("kept without git: after 'git init' remove the line no_scm from .dvc/config")
    return 0


def _refuse_if_used(target: Path, shown: Path) -> None:
    if target.exists() and not target.is_dir():
        raise SetupError(f"{shown}: is a file. Name a new or an empty folder.")
    if target.is_dir() and any(target.iterdir()):
        raise SetupError(f"{shown}: not empty; nothing was written. Name a new or an empty folder.")


def _make(target: Path, *, has_git: bool) -> None:
    """Write every file and the schemas beside the target, then put them in place."""
    from enerqis.compose import scaffolding
    from enerqis.compose.schemas import write_schemas
    from enerqis.io.atomic import scratch_folder
    from enerqis.io.project import Project

    files = scaffolding.project_files(target.name)
    if not has_git:
        files = scaffolding.without_git(files)
    with scratch_folder(target.parent) as work:
        for name, content in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_bytes(content)
        write_schemas(Project(work))
        target.mkdir(exist_ok=True)
        for path in sorted(work.iterdir()):
            path.rename(target / path.name)


def _pins_enerqis(target: Path) -> bool:
    return "\nenerqis==" in (target / "requirements.txt").read_text(encoding="utf-8")


def _is_in_git(folder: Path) -> bool:
    """Return whether `folder` lies in a git work tree already."""
    words = ["git", "rev-parse", "--is-inside-work-tree"]
    return subprocess.run(words, cwd=folder, capture_output=True, env=os.environ, check=False).returncode == 0
