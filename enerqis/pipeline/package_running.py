"""Running a package again: its slices and plug-ins in a clean folder, the code that is installed, data by their identity."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from enerqis.compose.differences import identity_changes
from enerqis.compose.freezing import Frozen
from enerqis.compose.refreezing import refreeze
from enerqis.core.errors import DataError, SetupError, StageError
from enerqis.governance import packages
from enerqis.governance.audit_log import read_log
from enerqis.io.project import Project
from enerqis.pipeline import receipts
from enerqis.pipeline.integrity import output_faults
from enerqis.pipeline.package_checks import Checked
from enerqis.pipeline.resolve import pins_of
from enerqis.pipeline.results import every_result
from enerqis.pipeline.runner import Runner
from enerqis.spec.slices import SliceDocument

NOT_LINKED = ("data", ".enerqis", ".git", ".dvc", "conf", "plugins", "params.yaml")
"""What of the project at hand is not in the clean folder: the package has its own, or it is made there."""

REPEATED = ("features", "backtest", "validate", "parity")
"""Stages that are run again: to orders, fills and equity, and to what was asked of them. Page and gates count the trials that
a project knows, which no package holds."""


class Ran(NamedTuple):
    """One stage that was run again.

    Parameters
    ----------
    stage : str
    recorded, came_out : str
        Result hashes.
    origin : str
        Of the data: found in the project, or ingested from their source; empty for other stages.
    """

    stage: str
    recorded: str
    came_out: str
    origin: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether the same came out."""
        return self.recorded == self.came_out


def rerun(
    checked: Checked, project: Project | None, *, say: Callable[[str], None], handed_on: str = ""
) -> Iterator[Ran]:
    """Run a package that was checked, stage by stage, and yield what came out.

    Parameters
    ----------
    checked : Checked
        Without faults.
    project : Project or None
        Where its data may lie already, and the files that its connector reads; None = the package alone.
    say : callable
        Takes one line of progress.
    handed_on : str
        Hash of the archive as its maker gave it; empty = none was given.

    Raises
    ------
    DataError
        If the package has a fault, or holds plug-ins that nobody vouches for.
    SetupError
        If the installed code or environment is another than the package's.
    StageError
        If the data are not to be had, or a stage fails.
    """
    if checked.faults or checked.manifest is None:
        raise DataError("\n".join(checked.faults))
    refuse_unknown_plugins(checked, project, handed_on=handed_on)
    recorded = {
        stage: json.loads(checked.files[f"{packages.RECEIPTS}/{stage}.json"]) for stage in ("ingest", *REPEATED)
    }
    with _clean(checked.files, project) as clean:
        frozen = {stage: _frozen(clean, checked.files, stage, receipt) for stage, receipt in recorded.items()}
        runner = Runner(clean, pins_of(frozen.values()), say)
        inputs, origin = _data(runner, project, frozen["ingest"].document, recorded["ingest"])
        yield Ran("ingest", recorded["ingest"]["result_sha256"], recorded["ingest"]["result_sha256"], origin)
        for stage in REPEATED:
            done = runner.run(stage, checked.manifest.experiment, frozen[stage].document, inputs, place=False)
            inputs[stage] = done.folder
            yield Ran(stage, recorded[stage]["result_sha256"], done.result_sha256)


def refuse_unknown_plugins(checked: Checked, project: Project | None, *, handed_on: str) -> None:
    """Refuse to run the plug-ins of a package whose hash neither was handed on nor stands in the project's audit log.

    Raises
    ------
    DataError
        If the package holds plug-ins and nobody vouches for it.
    """
    plugins = [path for path in checked.files if path.startswith(f"{packages.PLUGINS}/")]
    if plugins and checked.sha256 not in {handed_on.lower(), *_made_here(project)}:
        raise DataError(
            f"the package holds {len(plugins)} plug-in files, such as {plugins[0]}: Python that would run with all your "
            "rights, and a package that is whole in itself may be anybody's. Nothing was run. Read them, and say --sha256 with "
            "the hash that the maker handed on; a package in this project's audit log needs none."
        )


def _made_here(project: Project | None) -> set[str]:
    """Return the hashes of packages in the project's audit log; none where there is no log that holds."""
    if project is None:
        return set()
    log = read_log(project)
    return set() if log.faults() else {str(each.facts.get("sha256")) for each in log.entries if each.event == "package"}


@contextmanager
def _clean(files: Mapping[str, bytes], project: Project | None) -> Iterator[Project]:
    """Yield a project in a new folder: the package's plug-ins, the sources of the project at hand linked, no results."""
    with tempfile.TemporaryDirectory(prefix="enerqis-package-") as folder:
        root = Path(folder)
        if project is not None:
            for path in project.root.iterdir():
                if path.name not in NOT_LINKED:
                    (root / path.name).symlink_to(path)
        clean = Project(root)
        clean.state.mkdir()
        if project is not None:
            project.kernels.mkdir(parents=True, exist_ok=True)
            clean.kernels.symlink_to(project.kernels.resolve())
        for name, content in files.items():
            if name.startswith(f"{packages.PLUGINS}/"):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(content)
        yield clean


def _frozen(clean: Project, files: Mapping[str, bytes], stage: str, receipt: Mapping[str, object]) -> Frozen:
    """Return the slice of a stage frozen with the installed code, which must be the package's.

    Raises
    ------
    SetupError
        If it is another.
    """
    spec = SliceDocument.model_validate_json(files[f"{packages.SPEC}/{stage}.json"]).spec
    frozen = refreeze(clean, stage, spec)
    identity = receipt["identity"]
    now = {
        **receipt,
        "identity": {
            **identity,  # type: ignore[dict-item]  # JSON
            "config": frozen.document.spec_sha256,
            "code": frozen.document.code_sha256,
            "environment": frozen.document.env_sha256,
        },
        "code": frozen.code,
        "environment": frozen.environment,
    }
    changes = identity_changes(dict(receipt), now)
    if changes:
        wheel = next(path for path in files if path.startswith(f"{packages.WHEEL}/"))
        raise SetupError(
            f"stage '{stage}': what is installed is not what the package was made with: "
            f"{'; '.join(str(each) for each in changes)}. In a new environment install its {packages.LOCK}, then its {wheel}."
        )
    return frozen


def _data(
    runner: Runner, project: Project | None, document: SliceDocument, recorded: Mapping[str, object]
) -> tuple[dict[str, Path], str]:
    """Return where the data of the package's manifest lie: in the project at hand, else ingested from their source.

    Raises
    ------
    StageError
        If the source gives other data.
    """
    for each in every_result(project, "ingest") if project is not None else ():
        if each.receipt["outputs"] == recorded["outputs"] and not output_faults(each):
            return {part: each.input(part) for part in ("parquet", "processed")}, "found in this project"
    done = runner.run("ingest", "data", document, {}, place=False)
    outputs = receipts.read(done.folder)["outputs"]
    if outputs != recorded["outputs"]:
        raise StageError(
            "the source gives other data than the package's manifest names: the run cannot be repeated on them."
        )
    return {part: done.parts[part] for part in ("parquet", "processed")}, "ingested from its source"
