"""The Global Database of a project: building, syncing, verifying and freezing its tree.

What is to be done is planned by `enerqis.governance.tree` and `syncing`, and done as one step by `enerqis.io.journal`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from enerqis.compose.matching import allowed_values
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import ConfigError, DataError, Problem, StageError
from enerqis.governance.documents import Documents
from enerqis.governance.headers import Stamp
from enerqis.governance.pairs import Pair, Side, twin_path
from enerqis.governance.syncing import plan_sync, step_faults
from enerqis.governance.tree import MANIFEST, Page, Plan, digest, plan_copy, plan_page, plan_removals
from enerqis.io import journal
from enerqis.io.atomic import TEMPORARY_PREFIX
from enerqis.io.git import present_files
from enerqis.io.locks import exclusive
from enerqis.io.project import Project
from enerqis.pipeline import treepages
from enerqis.pipeline.governing import documents, stamp_of
from enerqis.spec.globaldb import GlobalDb
from enerqis.spec.header import BEGIN
from enerqis.spec.tree import TreeManifest

STANDARD = "standard"
"""The file of conf/globaldb that is built where none is named."""


@dataclass(frozen=True)
class Tree:
    """One tree of a project.

    Parameters
    ----------
    project : Project
    spec : GlobalDb
    root : Path
        Where it stands.
    built_at : datetime or None
        When what is stamped says that it was; None: now.
    """

    project: Project
    spec: GlobalDb
    root: Path
    built_at: datetime | None = None

    @cached_property
    def documents(self) -> Documents:
        """The project's governed documents, with links into this tree."""
        return documents(self.project, tree=self.root)

    @cached_property
    def copies(self) -> dict[str, bytes]:
        """What the mirror holds, by path below the root."""
        root, parts = self.project.root, self.spec.mirrored
        kept = [
            path for path in present_files(root) if any(path == each or path.startswith(f"{each}/") for each in parts)
        ]
        paths = [path for path in kept or _walked(root, parts) if _is_own_file(root / path, root)]
        return {f"{self.spec.mirror}/{path}": (root / path).read_bytes() for path in sorted(paths)}

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Every human document of the numbered folders, by path below the root."""
        found: dict[str, Page] = {}
        for name, folder in self.spec.folders.items():
            own: dict[str, Page] = {}
            for path, doc_type in self.documents.types.items():
                if path.suffix == ".md" and doc_type in folder.documents:
                    _refuse_one_name(
                        self.project.relative(path), f"{name}/{path.name}", {*own, f"{name}/{treepages.INDEX}.md"}
                    )
                    own[f"{name}/{path.name}"] = _placed(self.documents, path, doc_type)
            for stem, doc_type, content in treepages.pages(self.project, folder.draws) if folder.draws else ():
                _refuse_one_name(f"the {doc_type} '{stem}'", f"{name}/{stem}.md", own)
                own[f"{name}/{stem}.md"] = Page(doc_type, treepages.payload(content))
            listed = {path.rpartition("/")[2]: (page.doc_type, _title(page.payload)) for path, page in own.items()}
            own[f"{name}/{treepages.INDEX}.md"] = Page(
                "index", treepages.payload(treepages.index(folder.title, listed))
            )
            found |= own
        return found

    def stamp(self, doc_type: str) -> Stamp:
        """Return what a header says that is stamped now."""
        return stamp_of(self.documents, doc_type, built_at=self.built_at)

    def manifest(self) -> TreeManifest:
        """Return what was made of the tree so far; DataError where the file is damaged."""
        path = self.root / MANIFEST
        if not path.is_file():
            return TreeManifest(files={})
        try:
            return TreeManifest.model_validate_json(path.read_bytes())
        except ValidationError as exc:
            raise DataError(
                f"{self.shown(MANIFEST)}: damaged, so that nobody can say what was made here. Take it from a copy, or move the "
                "tree away and build anew."
            ) from exc

    def side(self, path: str, manifest: TreeManifest) -> Side:
        """Return one file as it stands."""
        place = self.root / path
        content = place.read_bytes() if place.is_file() else None
        return Side(path, content, manifest.files.get(path), "" if content is None else digest(content))

    def pair(self, path: str, manifest: TreeManifest) -> Pair:
        """Return a human document and its twin as they stand."""
        return Pair(self.side(path, manifest), self.side(twin_path(path), manifest))

    def shown(self, path: str) -> str:
        """Return a path of the tree as messages show it."""
        return self.project.relative(self.root / path)

    def files(self) -> list[str]:
        """Return every file of the tree, its manifest and what is being written left out, sorted."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        names = (path.relative_to(self.root).as_posix() for path in found)
        return sorted(name for name in names if name != MANIFEST and TEMPORARY_PREFIX not in name)

    def human(self, manifest: TreeManifest) -> list[str]:
        """Return every human document of the numbered folders: those of the manifest, and others that carry a header."""
        made = {path for path in manifest.files if path.endswith(".md")}
        theirs = {path for path in self.files() if path.endswith(".md") and _has_header(self.root / path)}
        return sorted(path for path in made | theirs if path.partition("/")[0] in self.spec.folders)


def open_tree(project: Project, *, name: str = "", root: Path | None = None, built_at: datetime | None = None) -> Tree:
    """Return a tree of a project.

    Parameters
    ----------
    project : Project
    name : str
        File of conf/globaldb; empty = ``standard``.
    root : Path, optional
        Where it stands; by default the folder of the spec's name in the project.
    built_at : datetime, optional

    Raises
    ------
    ConfigError
        If there is no such file or it is wrong; `enerqis lint` shows every fault at its line.
    """
    known = sorted(path.stem for path in (project.conf / "globaldb").glob("*.yaml"))
    name = name or STANDARD
    shown = f"conf/globaldb/{name}.yaml"
    if name not in known:
        raise ConfigError([Problem(shown, "", f"no such file.{allowed_values(name, known)}")])
    content = load_text((project.conf / "globaldb" / f"{name}.yaml").read_text(encoding="utf-8"))
    try:
        spec = GlobalDb.model_validate_json(json.dumps(content))
    except ValidationError as exc:
        problems = [Problem(shown, ".".join(map(str, each["loc"])), f"{each['msg']}.") for each in exc.errors()]
        raise ConfigError(problems) from exc
    place = (root or project.root / spec.root).resolve()
    if place == project.root or project.root.is_relative_to(place):
        raise ConfigError([Problem("", "--root", f"{place} holds the project itself. Name a folder of its own.")])
    held = next((each for each in spec.mirrored if _is_one_in_other(place, project.root / each)), None)
    if held is not None:
        raise ConfigError(
            [
                Problem(
                    "", "--root", f"{place} and '{held}', which it mirrors, hold each other. Name a folder of its own."
                )
            ]
        )
    return Tree(project, spec, place, built_at)


def _is_one_in_other(place: Path, part: Path) -> bool:
    return place.is_relative_to(part.resolve()) or part.resolve().is_relative_to(place)


def build(tree: Tree, *, redraw: bool = False) -> Plan:
    """Bring a tree up to what the project gives, and return what was done; nothing is done where it is so already.

    Raises
    ------
    StageError
        With every conflict; nothing was done then.
    """
    with _held(tree):
        plan = planned(tree, redraw=redraw)
        _do(tree, plan)
        return plan


def planned(tree: Tree, *, redraw: bool = False) -> Plan:
    """Return what a build would do."""
    manifest = tree.manifest()
    plan = Plan()
    for path, content in tree.copies.items():
        plan_copy(plan, tree.side(path, manifest), content, redraw=redraw)
    for path, page in tree.pages.items():
        plan_page(plan, tree.pair(path, manifest), page, stamp=tree.stamp(page.doc_type), redraw=redraw)
    wanted = {*tree.copies, *tree.pages, *map(twin_path, tree.pages)}
    plan_removals(plan, manifest, wanted, journal.digests(tree.root, manifest.files))
    return plan


def sync(tree: Tree, *, is_dry: bool = False) -> Plan:
    """Take edits of human documents over into their twins and back, and return what was done.

    Raises
    ------
    StageError
        With every conflict, or where there is no tree; nothing was done then.
    """
    _require(tree)
    with _held(tree):
        manifest = tree.manifest()
        plan = Plan(files=dict(manifest.files))
        for path in tree.human(manifest):
            pair = tree.pair(path, manifest)
            plan_sync(plan, pair, stamp=tree.stamp(_type_of(tree, pair)))
        if not is_dry:
            _do(tree, plan)
        return plan


def verify(tree: Tree) -> list[str]:
    """Return what is wrong with a tree, a sentence each, sorted by path."""
    _require(tree)
    if journal.is_open(tree.root):
        return [f"{tree.shown('')}: a build was interrupted. 'enerqis globaldb build' finishes it."]
    manifest = tree.manifest()
    found: list[str] = []
    for path, entry in manifest.files.items():
        side = tree.side(path, manifest)
        if side.content is None:
            found.append(f"{path}: missing. 'enerqis globaldb build' makes it anew.")
        elif side.sha256 != entry.sha256:
            found.append(f"{path}: was edited since it was written.")
    for path in tree.human(manifest):
        pair = tree.pair(path, manifest)
        found += step_faults(pair)
        if pair.human.content is not None:
            faults = tree.documents.faults(tree.root / path, _type_of(tree, pair))
            found += [f"{path}:{each.line}:1: {each.sort}: {each.message}" for each in faults]
    return sorted({*found, *_behind(tree, manifest)})


def _behind(tree: Tree, manifest: TreeManifest) -> Iterator[str]:
    """Yield where the tree is not what the project gives now."""
    plan = planned(tree, redraw=True)
    for path in sorted(plan.writes):
        entry = manifest.files.get(path)
        if entry is None:
            yield f"{path}: not built yet. Run 'enerqis globaldb build'."
        elif (tree.root / path).is_file() and digest((tree.root / path).read_bytes()) == entry.sha256:
            yield f"{path}: not what the project gives. Run 'enerqis globaldb build'."
    yield from (f"{path}: the project no longer gives it. Run 'enerqis globaldb build'." for path in plan.removals)
    yield from plan.conflicts


def _do(tree: Tree, plan: Plan) -> None:
    """Do what is planned, the manifest last; refuse where there is a conflict."""
    touched = sorted([*plan.writes, *plan.removals, MANIFEST])
    conflicts = plan.conflicts + [f"{path}: {why}" for path in touched if (why := journal.obstacle(tree.root, path))]
    if conflicts:
        raise StageError("\n".join([*conflicts, "Nothing was changed."]))
    present = journal.digests(tree.root, dict.fromkeys([*plan.writes, *plan.removals, MANIFEST]))
    changes = [journal.Change(path, present.get(path), content) for path, content in sorted(plan.writes.items())]
    changes += [journal.Change(path, present.get(path), None) for path in plan.removals]
    manifest = TreeManifest(files=dict(sorted(plan.files.items())))
    text = (json.dumps(manifest.model_dump(mode="json"), indent=1) + "\n").encode()
    if present.get(MANIFEST) != digest(text):
        changes.append(journal.Change(MANIFEST, present.get(MANIFEST), text))
    if changes:
        journal.apply(tree.root, changes)


@contextmanager
def _held(tree: Tree) -> Iterator[None]:
    """Hold the tree alone, with what an interrupted build left finished."""
    waited: list[str] = []
    notice: Callable[[str], None] = waited.append
    with exclusive(tree.project.locks / "globaldb.lock", on_wait=notice):
        if tree.root.is_dir():
            journal.finish(tree.root)
        elif tree.root.exists():
            raise StageError(f"{tree.shown('')}: is a file. Name a folder with --root, or move it.")
        yield


def _require(tree: Tree) -> None:
    if not (tree.root / MANIFEST).is_file():
        raise StageError(f"{tree.shown('')}: no Global Database. Make it with 'enerqis globaldb build'.")


def _type_of(tree: Tree, pair: Pair) -> str:
    """Return the kind of a document: as the project gives it, else as its header says."""
    page = tree.pages.get(pair.human.path)
    if page is not None:
        return page.doc_type
    try:
        return tree.documents.header(tree.root / pair.human.path).doc_type
    except DataError:
        return "note"


def _placed(found: Documents, path: Path, doc_type: str) -> Page:
    """Return a governed document of the project as it stands; DataError where it does not hold."""
    faults = found.faults(path)
    if faults:
        shown = found.project.relative(path)
        raise DataError(f"{shown}:{faults[0].line}:1: {faults[0].sort}: {faults[0].message}")
    return Page(doc_type, found.payload(path), path.read_bytes())


def _refuse_one_name(what: str, path: str, taken: Iterable[str]) -> None:
    """Refuse a page whose file another one has already, on any file system: it would be lost without a word.

    Raises
    ------
    DataError
        If there is one.
    """
    other = next((each for each in taken if each.casefold() == path.casefold()), None)
    if other is not None:
        raise DataError(
            f"{what}: in the Global Database it would be {path}, and {other} is another page. Rename one of them."
        )


def _title(payload: str) -> str:
    first = payload.partition("\n")[0]
    return first.removeprefix("# ").strip() if first.startswith("# ") else ""


def _has_header(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(BEGIN)) == BEGIN.encode()


def _is_own_file(path: Path, root: Path) -> bool:
    """Return whether a file is there and lies in the project, not behind a link that leads out of it."""
    return path.is_file() and path.resolve().is_relative_to(root)


def _walked(root: Path, parts: Iterable[str]) -> Iterator[str]:
    """Yield every file of some parts of a project that git does not keep, save what is being written and caches."""
    for part in parts:
        place = root / part
        for path in [place] if place.is_file() else place.rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.is_file() and TEMPORARY_PREFIX not in name and "__pycache__" not in path.parts:
                yield name
