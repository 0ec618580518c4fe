"""Resolving the sides of a comparison: each by its own package, in a process of its own, kept by what it depends on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha1
from importlib.metadata import distributions
from pathlib import Path

from pydantic import ValidationError

from enerqis.core.errors import SetupError
from enerqis.governance.side import FORMAT, Side
from enerqis.io.atomic import write_text
from enerqis.io.hashing import digest
from enerqis.io.plugins import package_folder
from enerqis.io.project import Project
from enerqis.io.revisions import Repository, Tree

RESOLVED = ("conf", "enerqis", "plugins", ".cbr", "schemas", "params.yaml", "requirements.txt")
"""What a side is resolved from: nothing else of its tree is exported."""
READER = "enerqis/pipeline/side.py"
"""The module that a side's own package is asked with."""
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SYSTEMROOT")
"""What a side's process gets of the environment: no variable that could hold a secret."""
KEY_DOMAIN = "enerqis/side-cache/1"
MOST_SECONDS = 600


def sides_of(project: Project, git: Repository, trees: Sequence[Tree], say: Callable[[str], None]) -> list[Side]:
    """Return the sides of some trees, resolved at the same time; one whose files were resolved before is taken from the cache.

    Raises
    ------
    SetupError
        If a side's package is older than this command, or ends without an answer.
    """
    kept = [project.state / "review" / f"{_key(tree)}.json" for tree in trees]
    running: dict[Path, tuple[Tree, Path, subprocess.Popen[str]]] = {}
    for tree, place in zip(trees, kept, strict=True):
        if place not in running and _read(place) is None:
            say(f"resolving {tree.name}")
            folder = git.scratch / f"side-{len(running)}"
            running[place] = (tree, folder, _started(git, tree, folder))
    for place, (tree, folder, process) in running.items():
        write_text(place, _finished(tree, folder, process))
    return [Side.model_validate_json(place.read_text(encoding="utf-8")) for place in kept]


def _key(tree: Tree) -> str:
    """Return the hash of all that a side's document depends on: its files, the interpreter, the installed packages."""
    files = {path: list(entry) for path, entry in tree.entries.items() if _is_resolved(path)}
    installed = sorted({f"{each.name}=={each.version}" for each in distributions()})
    is_own = READER not in tree.entries
    return digest(
        KEY_DOMAIN,
        {
            "files": files,
            "package": _package_blobs() if is_own else {},
            "python": [platform.python_version(), platform.system(), platform.machine()],
            "installed": installed,
        },
    )


def _read(place: Path) -> Side | None:
    try:
        return Side.model_validate_json(place.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def _started(git: Repository, tree: Tree, folder: Path) -> subprocess.Popen[str]:
    """Export a side and begin to resolve it, without the user's secrets, home and working directory."""
    if READER not in tree.entries and any(path.startswith("enerqis/") for path in tree.entries):
        raise SetupError(
            f"{tree.name}: older than `enerqis diff`, its package cannot be asked. Compare with a later revision."
        )
    folder.mkdir()
    git.export(tree, folder, _is_resolved)
    home = folder.parent / f"{folder.name}-home"
    home.mkdir()
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    is_installed = READER not in tree.entries or _is_package_of(tree)
    package = package_folder().parent if is_installed else folder
    environment = kept | {
        "HOME": str(home),
        "PYTHONPATH": str(package),
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    words = [sys.executable, "-P", "-s", "-m", "enerqis.pipeline.side", str(folder), str(_answer(folder))]
    return subprocess.Popen(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def _finished(tree: Tree, folder: Path, process: subprocess.Popen[str]) -> str:
    """Return the document that a side's process wrote.

    Raises
    ------
    SetupError
        If it wrote none, in time, that can be read.
    """
    try:
        _, said = process.communicate(timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired as exc:
        process.kill()
        process.communicate()
        raise SetupError(f"{tree.name}: not resolved in {MOST_SECONDS} s. Try 'enerqis resolve' there.") from exc
    try:
        return Side.model_validate_json(_answer(folder).read_text(encoding="utf-8")).model_dump_json()
    except (OSError, ValidationError) as exc:
        last = next((line for line in reversed(said.splitlines()) if line.strip()), f"no document of format {FORMAT}")
        raise SetupError(f"{tree.name}: its package ended without an answer: {last}") from exc


def _answer(folder: Path) -> Path:
    return folder.parent / f"{folder.name}.json"


def _is_resolved(path: str) -> bool:
    return path.partition("/")[0] in RESOLVED


def _is_package_of(tree: Tree) -> bool:
    """Return whether a side's package is, to the byte, the one that runs: then its compiled form is used again."""
    own = {path: entry.blob for path, entry in tree.under("enerqis").items()}
    return own == _package_blobs()


def _package_blobs() -> dict[str, str]:
    """Return git's id of every file of the running package, by path."""
    root = package_folder()
    files = (each for each in sorted(root.rglob("*")) if each.is_file() and "__pycache__" not in each.parts)
    return {f"enerqis/{each.relative_to(root).as_posix()}": _blob(each.read_bytes()) for each in files}


def _blob(content: bytes) -> str:
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
