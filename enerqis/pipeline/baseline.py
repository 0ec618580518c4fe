"""Freezing the Global Database of a project: which files it held, in one hash that the register and later headers name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from enerqis.core.errors import DataError, StageError
from enerqis.governance.audit_log import append, read_log, undisturbed
from enerqis.governance.baseline import baseline_hash, baselines, moved
from enerqis.io.atomic import write_text
from enerqis.io.hashing import file_digest
from enerqis.pipeline.globaldb import Tree, build, open_tree, verify
from enerqis.pipeline.registering import bring_up_to_date
from enerqis.spec.tree import BaselineFile

PLACE = Path(".cbr") / "baseline.json"
RECORDS = (".cbr/baseline.json", ".cbr/registry.json", ".cbr/audit_log.json")
"""Files of the mirror that the frozen tree leaves out: freezing writes into them."""


def frozen_files(tree: Tree) -> dict[str, str]:
    """Return the SHA-256 by path of everything that a baseline is about."""
    left_out = {f"{tree.spec.mirror}/{name}" for name in RECORDS}
    return {path: file_digest(tree.root / path) for path in tree.files() if path not in left_out}


def freeze(tree: Tree) -> BaselineFile:
    """Freeze a tree that holds, and return what was frozen; the same tree again changes nothing.

    Raises
    ------
    StageError
        If the tree does not hold.
    """
    faults = verify(tree)
    if faults:
        raise StageError("\n".join([*faults, "A tree that does not hold is not frozen. Nothing was changed."]))
    files = frozen_files(tree)
    done = BaselineFile(baseline=baseline_hash(files), files=files)
    with undisturbed(tree.project):
        known = baselines(read_log(tree.project))
        if done.baseline in known[:1]:
            return done
        append(
            tree.project, "baseline", subject=PLACE.as_posix(), facts={"baseline": done.baseline, "files": len(files)}
        )
        text = json.dumps(done.model_dump(mode="json"), indent=1, sort_keys=True) + "\n"
        write_text(tree.project.root / PLACE, text)
        bring_up_to_date(tree.project)
    build(open_tree(tree.project, root=tree.root))
    return done


def moves(tree: Tree) -> Iterator[str]:
    """Yield what is not as it was frozen, a sentence each.

    Raises
    ------
    DataError
        If there is no baseline, or it is not the one that the register names.
    """
    path = tree.project.root / PLACE
    if not path.is_file():
        raise DataError(f"{PLACE}: no baseline. Freeze the tree with 'enerqis globaldb baseline'.")
    try:
        frozen = BaselineFile.model_validate_json(path.read_bytes())
    except ValidationError as exc:
        raise DataError(f"{PLACE}: not what 'enerqis globaldb baseline' writes. Take it from git.") from exc
    if frozen.baseline != baseline_hash(frozen.files):
        raise DataError(f"{PLACE}: its files do not give its hash: it was changed by hand. Take it from git.")
    if frozen.baseline not in baselines(read_log(tree.project)):
        raise DataError(f"{PLACE}: {frozen.baseline} is not in the register. Take the files of .cbr from git.")
    yield from moved(frozen.files, frozen_files(tree))
