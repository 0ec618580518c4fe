"""The documents of a project that are governed: which they are, what is wrong with them, and giving them their headers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from enerqis.core.errors import ConfigError, DataError, Problem
from enerqis.governance import headers
from enerqis.governance.baseline import baseline_hash
from enerqis.governance.headers import Fault, Stamp
from enerqis.io.atomic import write_text
from enerqis.io.project import Project
from enerqis.io.yaml_model import read_yaml
from enerqis.spec.documents import GovernedDocuments
from enerqis.spec.header import GovernanceLinks, Header

DECLARED = Path(".cbr") / "documents.yaml"


class Stamped(NamedTuple):
    """What stamping did to one document.

    Parameters
    ----------
    path : Path
    before : tuple of Fault
        What was wrong with it.
    is_changed : bool
    """

    path: Path
    before: tuple[Fault, ...]
    is_changed: bool


class Documents:
    """The governed documents of one project, as its declaration has them.

    Parameters
    ----------
    project : Project
    tree : Path, optional
        Root of the Global Database that links lead into; by default the folder of its name in the project.
    baselines : iterable of str
        Hashes of the frozen trees that the register knows, the last one first, each ``sha256:`` and 64 digits.
    """

    def __init__(self, project: Project, *, tree: Path | None = None, baselines: Iterable[str] = ()) -> None:
        self.project = project
        self.tree = tree
        self.baselines = tuple(baselines)

    @cached_property
    def declared(self) -> GovernedDocuments:
        """The declaration; ConfigError where it is missing or wrong."""
        return read_yaml(self.project.root / DECLARED, GovernedDocuments, shown=DECLARED.as_posix())

    @cached_property
    def types(self) -> dict[Path, str]:
        """Kind by file of every governed document, sorted; ConfigError where two kinds claim one file."""
        found: dict[Path, str] = {}
        for doc_type, patterns in self.declared.documents.items():
            for path in sorted(path for pattern in patterns for path in self.project.root.glob(pattern)):
                if found.setdefault(path, doc_type) != doc_type:
                    message = f"{self.project.relative(path)} is '{found[path]}' and '{doc_type}'. Name it once."
                    raise ConfigError([Problem(DECLARED.as_posix(), f"documents.{doc_type}", message)])
        return dict(sorted(found.items()))

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with each governed document, and patterns that name none."""
        for doc_type, patterns in self.declared.documents.items():
            for pattern in patterns:
                if "*" not in pattern and not (self.project.root / pattern).is_file():
                    message = f"{pattern} does not exist. Remove it here, or write it."
                    yield Problem(f"{DECLARED.as_posix()}:1:1", f"documents.{doc_type}", message)
        for path, doc_type in self.types.items():
            for fault in self.faults(path, doc_type):
                yield Problem(f"{self.project.relative(path)}:{fault.line}:1", "", f"{fault.sort}: {fault.message}")

    def faults(self, path: Path, doc_type: str | None = None) -> list[Fault]:
        """Return what is wrong with one document; of a governed one, also what its header should say of this project."""
        data = _bytes(path)
        faults = headers.verify(data)
        if doc_type is None or {each.sort for each in faults} - {"form", "stale", "forged"}:
            return faults
        document = headers.parse(headers.decoded(data))
        header = headers.header_of(document.line or "")
        return [*faults, *self._misfits(header, doc_type, len(document.above) + 2)]

    def _misfits(self, header: Header, doc_type: str, line: int) -> Iterator[Fault]:
        """Yield where a header does not say what the project says."""
        if header.doc_type != doc_type:
            message = (
                f"doc_type is '{header.doc_type}', {DECLARED.as_posix()} says '{doc_type}'. {headers.STAMP_AGAIN}."
            )
            yield Fault(line, "type", message)
        for name in GovernanceLinks.model_fields:
            link = getattr(header.governance_links, name)
            if self.target(link) is None:
                message = f"governance_links.{name}: '{link}' leads nowhere. {self._allowed_links()}"
                yield Fault(line, "link", message)
        known = (*self.baselines, no_baseline())
        if header.source_baseline_hash not in known:
            message = f"source_baseline_hash {header.source_baseline_hash} is no baseline of .cbr/registry.json."
            yield Fault(line, "baseline", f"{message} {headers.STAMP_AGAIN}.")

    def _allowed_links(self) -> str:
        start = f"{self.declared.root}/{self.declared.mirror}/"
        return f"A link begins with '{self.declared.root}/' and names a file; '{start}' stands for this project."

    def target(self, link: str) -> Path | None:
        """Return the file that a link leads to: in the tree where it is built, else in this project; None where nowhere."""
        root, _, inside = link.partition("/")
        if root != self.declared.root or ".." in inside.split("/"):
            return None
        built = self.tree or self.project.root / root
        if built.is_dir():
            return path if (path := built / inside).is_file() else None
        mirror, _, own = inside.partition("/")
        return path if mirror == self.declared.mirror and (path := self.project.root / own).is_file() else None

    def wanted(self, doc_type: str, *, built_at: datetime, builder: str, tools: dict[str, str]) -> Stamp:
        """Return what a header of this project says now."""
        baseline = self.baselines[0] if self.baselines else no_baseline()
        return Stamp(doc_type, self.declared.links, builder, built_at, baseline, tools)

    def stamp(self, path: Path, wanted: Stamp, *, renew: bool = False) -> Stamped:
        """Give one document its header, whole or not at all.

        Raises
        ------
        DataError
            If there is no telling which of its lines are the header.
        """
        data, doc_type = _bytes(path), self.types.get(path)
        before = self.faults(path, doc_type)
        misfits = {"type", "link", "baseline"} & {each.sort for each in before}
        try:
            after = headers.stamp(data, wanted, renew=renew or bool(misfits))
        except DataError as exc:
            line = before[0].line if before else 1
            raise DataError(f"{self.project.relative(path)}:{line}:1: {exc}") from exc
        if after != data:
            write_text(path, after.decode())
        return Stamped(path, tuple(before), after != data)

    def payload(self, path: Path) -> str:
        """Return the payload of a document; DataError where there is no telling what its header is."""
        return headers.parse(headers.decoded(_bytes(path))).payload

    def header(self, path: Path) -> Header:
        """Return the header of a document; DataError where it has none that can be read."""
        return headers.header_of(headers.parse(headers.decoded(_bytes(path))).line or "")


def no_baseline() -> str:
    """Return what a header says where no tree was frozen yet: the hash of a tree without files."""
    return baseline_hash({})


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise DataError(f"{path}: {os.strerror(exc.errno or 0)}") from exc
