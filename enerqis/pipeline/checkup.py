"""What may be wrong in a project or its environment, and how to mend each; the words of `enerqis doctor`.

It is not `enerqis lint`, which reads specs: a checkup compares what lies on the disk with what the specs ask for.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from enerqis.compose.experiments import load_params
from enerqis.compose.schemas import stale, write_schemas
from enerqis.core.errors import EnerqisError, SetupError
from enerqis.engines.modules import module_name
from enerqis.governance.conda import FILE as CONDA_FILE
from enerqis.governance.conda import conda_file
from enerqis.governance.deviation import Deviation
from enerqis.io import requirements
from enerqis.io.atomic import TEMPORARY_PREFIX, write_text
from enerqis.io.cut_off import LOCK, cut_off, mend
from enerqis.io.graph import Tree, locked_names, orphan_outs, stage_names, without_entries
from enerqis.io.installed import differing, is_installed
from enerqis.io.locks import exclusive, held
from enerqis.io.project import Project
from enerqis.io.store import Store
from enerqis.pipeline import receipts
from enerqis.pipeline.recording import trial_faults

OLDEST, NEWEST = (3, 11), (3, 13)
"""Supported versions of Python."""

REFERENCE = ("Linux", "x86_64")
"""System and machine whose result hashes ``dvc.lock`` holds."""

TOOLS = "requirements-dev.txt"
"""Pins of what only developers of the project need."""

MOST_NAMED = 5


@dataclass(frozen=True)
class Finding(Deviation):
    """One thing found, and what mends it; not a fault are, say, results that nothing asks for now.

    Parameters
    ----------
    prune : callable, optional
        Mends it; absent where only a person can.
    """

    prune: Callable[[], None] | None = None


def check_machine() -> Iterator[Finding]:
    """Yield what Python and the system are not."""
    python = sys.version_info[:2]
    if not OLDEST <= python <= NEWEST:
        yield Finding(
            f"Python {python[0]}.{python[1]}: not supported",
            f"use Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}",
        )
    if (platform.system(), platform.machine()) != REFERENCE:
        yield Finding(
            f"{platform.system()} {platform.machine()}: result hashes may differ from those in dvc.lock",
            f"nothing to mend; the reference is {' '.join(REFERENCE)}",
            is_fault=False,
        )
    if shutil.which("git") is None:
        yield Finding("git is not installed", "install git, or keep core.no_scm in .dvc/config", is_fault=False)


def check_pins(project: Project) -> Iterator[Finding]:
    """Yield the pins that the environment does not meet; of tools for development only versions, not their absence."""
    path = project.root / requirements.FILE
    if not path.is_file():
        yield Finding("requirements.txt is missing", "pin what the project needs: pip freeze > requirements.txt")
        return
    try:
        pins = requirements.read_pins(path)
        tools = _tools(project)
    except SetupError as exc:
        yield Finding(str(exc), "mend the line, or make the pins anew")
        return
    for name, differences in ((path.name, differing(pins)), (TOOLS, differing(tools))):
        if differences:
            yield Finding(f"{name}: {_some(differences, '; ')}", f"pip install -r {name}")
    conda = project.root / CONDA_FILE
    if conda.is_file() and conda.read_bytes() != conda_file(project, pins).encode():
        yield Finding(f"{CONDA_FILE}: not the pins of requirements.txt", "enerqis environment conda")


def _tools(project: Project) -> list[requirements.Pin]:
    """Return the pins of tools for development that are installed here, in whichever version."""
    path = project.root / TOOLS
    return [pin for pin in requirements.read_pins(path) if is_installed(pin)] if path.is_file() else []


def check_schemas(project: Project) -> Iterator[Finding]:
    """Yield the schemas that are not those of the specs and plug-ins."""
    names = stale(project)
    if names:
        yield Finding(f"schemas/: stale: {_some(names)}", "enerqis schema", prune=lambda: _write_schemas(project))


def check_lock(project: Project) -> Iterator[Finding]:
    """Yield entries of ``dvc.lock`` whose stage does not exist any more."""
    lock = project.root / LOCK
    if LOCK in cut_off(project.root):
        return
    wanted = set(stage_names(_yaml(project.root / "dvc.yaml"), _yaml(project.params_file)))
    stale = [name for name in locked_names(lock) if name not in wanted]
    if stale:
        yield Finding(
            f"dvc.lock: remembers {_some(stale)}, which params.yaml does not have",
            "enerqis doctor --prune removes the entries",
            prune=lambda: write_text(lock, without_entries(lock.read_text(encoding="utf-8"), set(stale))),
        )


def check_cut_off(project: Project) -> Iterator[Finding]:
    """Yield files of DVC that a killed DVC left cut off."""
    found = cut_off(project.root)
    if found:
        yield Finding(
            f"{_some([path.as_posix() for path in found])}: cut off by a dvc that was killed, or edited; dvc repro stops there",
            "enerqis doctor --unlock mends it and keeps what is whole",
            prune=lambda: _mend_cut_off(project),
        )


def check_outputs(project: Project) -> Iterator[Finding]:
    """Yield outputs of datasets and experiments that params.yaml does not have."""
    orphans = orphan_outs(project.root, _yaml(project.root / "dvc.yaml"), _yaml(project.params_file))
    if orphans:
        yield Finding(
            f"{_some([project.relative(path) for path in orphans])}: no dataset or experiment of params.yaml makes it",
            "enerqis doctor --prune removes them",
            prune=lambda: _remove(orphans),
        )


def check_trials(project: Project) -> Iterator[Finding]:
    """Yield trials that were removed or changed, and those that no report counts yet."""
    try:
        for fault in trial_faults(project):
            yield Finding(fault.what, fault.mend, is_fault=fault.is_fault)
    except EnerqisError as exc:
        yield Finding(str(exc), "mend it, then run enerqis doctor again")


def check_store(project: Project) -> Iterator[Finding]:
    """Yield results in the store that no output under ``data/`` is a copy of; none while a run may still read them."""
    spare = [] if held(project.locks) else _spare(project)
    if spare:
        megabytes = sum(_size(entry) for entry in spare) / 1e6
        yield Finding(
            f".enerqis/store: {len(spare)} results ({megabytes:.1f} MB) that no output in data/ is a copy of",
            "they serve if asked for again; enerqis doctor --prune removes them",
            is_fault=False,
            prune=lambda: _prune_store(project),
        )


def check_leftovers(project: Project) -> Iterator[Finding]:
    """Yield what killed processes left half written."""
    writing = held(project.locks)
    if writing:
        what = f"{_some(writing)}: in use by a process that runs now; the store and what is half written were not looked at"
        yield Finding(what, "wait until it is finished", is_fault=False)
        return
    left = [
        path
        for root in (project.data, project.state, project.conf, project.schemas, project.root / ".cbr")
        for path in sorted(root.rglob(f"{TEMPORARY_PREFIX}*"))
    ]
    if left:
        names = [project.relative(path) for path in left]
        yield Finding(
            f"{_some(names)}: left by a process that was killed",
            "enerqis doctor --prune removes them",
            prune=lambda: _remove(left),
        )


def check_kernels(project: Project) -> Iterator[Finding]:
    """Yield generated engine modules whose name is not that of their text under the present compiler."""
    stale = [
        path
        for path in sorted(project.kernels.glob("*.py"))
        if path.stem != module_name(path.read_text(encoding="utf-8"))
    ]
    if stale:
        compiled = [each for path in stale for each in (project.kernels / "__pycache__").glob(f"{path.stem}.*")]
        yield Finding(
            f".enerqis/kernels: {len(stale)} modules of another version of numba or Python",
            "they are never used again; enerqis doctor --prune removes them",
            is_fault=False,
            prune=lambda: _remove(stale + compiled),
        )


def checkup(project: Project) -> Iterator[Finding]:
    """Yield everything that is found, faults of the environment first."""
    yield from check_machine()
    yield from check_pins(project)
    yield from check_cut_off(project)
    try:
        load_params(project)
        yield from check_schemas(project)
    except EnerqisError as exc:
        yield Finding(str(exc), "mend the spec, then run enerqis doctor again; outputs were not looked at")
        return
    yield from check_lock(project)
    yield from check_outputs(project)
    yield from check_trials(project)
    yield from check_store(project)
    yield from check_kernels(project)
    yield from check_leftovers(project)


def _spare(project: Project) -> list[Path]:
    store, wanted = Store(project.store), _placed_stage_ids(project)
    return [store.entry(stage, stage_id) for stage, stage_id in store.entries() if stage_id not in wanted]


def _prune_store(project: Project) -> None:
    with exclusive(project.store_lock, on_wait=lambda _: None):
        _remove(_spare(project))


def _placed_stage_ids(project: Project) -> set[str]:
    """Return the stage ids of every output under ``data/``."""
    found = set()
    folders = [path.parent for path in project.data.glob(f"*/*/{receipts.RECEIPT_FILE}")]
    files = (path for stage in ("parity", "gate") for path in project.data.glob(f"{stage}/*.json"))
    for place in (*folders, *files):
        try:
            found.add(str(receipts.read(place)["stage_id"]))
        except (EnerqisError, KeyError):
            continue
    return found


def _mend_cut_off(project: Project) -> None:
    mend(project.root)


def _write_schemas(project: Project) -> None:
    write_schemas(project)


def _yaml(path: Path) -> Tree:
    content: Tree = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return content or {}


def _remove(paths: list[Path]) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _some(names: list[str], mark: str = ", ") -> str:
    """Return the first few of a long list."""
    more = len(names) - MOST_NAMED
    return mark.join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
