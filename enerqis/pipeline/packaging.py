"""Packing a finished experiment: what says what it is and lets it be run again, in one archive; no data, no clock."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from enerqis.compose.experiments import load_params
from enerqis.compose.gates import load_gates
from enerqis.compose.matching import allowed_values
from enerqis.compose.refreezing import refreeze
from enerqis.compose.schemas import schemas
from enerqis.compose.schemas import text as schema_text
from enerqis.core.errors import ConfigError, Problem, StageError
from enerqis.core.groups import EXPERIMENT_STAGES
from enerqis.governance import approvals, packages
from enerqis.governance.audit_log import append, undisturbed
from enerqis.governance.sbom import bill, materials
from enerqis.ingestion.manifest import read_manifest
from enerqis.io.atomic import explained, scratch_folder
from enerqis.io.plugins import package_folder
from enerqis.io.project import Project
from enerqis.io.requirements import read_pins
from enerqis.io.sealed_zip import sealed
from enerqis.io.wheels import project_wheel
from enerqis.pipeline.integrity import faults
from enerqis.pipeline.package_code import place_of
from enerqis.pipeline.registering import bring_up_to_date
from enerqis.pipeline.resolved import slice_place
from enerqis.pipeline.results import Result, placed
from enerqis.spec.params import ExperimentEntry

APPROVERS_FILE = Path(".cbr/approvers.yaml")


class Packed(NamedTuple):
    """A package that was written.

    Parameters
    ----------
    path : Path
    sha256 : str
        Of the archive.
    files : int
        In it, the manifest among them.
    size : int
        Bytes.
    run_id, result_sha256 : str
        Of the run that it is of.
    """

    path: Path
    sha256: str
    files: int
    size: int
    run_id: str
    result_sha256: str


def pack(project: Project, experiment: str, *, mode: str, output: Path) -> Packed:
    """Write the package of a finished experiment into the folder `output`, and nothing where something is wrong.

    Raises
    ------
    ConfigError
        If there is no such mode or experiment.
    StageError
        If a result is missing, or is not as its receipt says.
    SetupError
        If the environment is not the pinned one.
    """
    packages.refuse_other_modes(mode)
    entry = _entry(project, experiment)
    results = finished(project, experiment, entry.dataset)
    backtest = results["backtest"].receipt
    about = {
        "mode": mode,
        "experiment": experiment,
        "dataset": entry.dataset,
        "dataset_content": results["ingest"].receipt["outputs"]["parquet"],
        "run_id": backtest["stage_id"],
        "result_sha256": backtest["result_sha256"],
    }
    files = packages.with_manifest(dict(contents(project, experiment, entry.dataset, results)), about)
    data = sealed(files)
    path = output / f"{experiment}-{about['run_id'][:12]}.zip"
    _write(path, data)
    return Packed(
        path, hashlib.sha256(data).hexdigest(), len(files), len(data), about["run_id"], about["result_sha256"]
    )


def record(project: Project, experiment: str, packed: Packed) -> str:
    """Tell the audit log of a package, which takes it into the registry, and return the hash of the entry.

    Nothing of it is in the package.
    """
    facts = {
        "file": packed.path.name,
        "sha256": packed.sha256,
        "run_id": packed.run_id,
        "result_sha256": packed.result_sha256,
    }
    with undisturbed(project):
        entry = append(project, "package", subject=f"experiment/{experiment}", facts=facts)
        bring_up_to_date(project)
    return entry


def finished(project: Project, experiment: str, dataset: str) -> dict[str, Result]:
    """Return the placed result of every stage of an experiment, each whole by its receipt.

    Raises
    ------
    StageError
        With everything that is not.
    """
    results = {"ingest": placed(project, "ingest", dataset)}
    results |= {stage: placed(project, stage, experiment) for stage in EXPERIMENT_STAGES}
    found = [f"{stage} {result.name}: {each}" for stage, result in results.items() for each in faults(project, result)]
    found += [*_broken_chain(results), *_other_code(project, results)]
    if found:
        raise StageError("\n".join(found) + "\nNothing was packed. 'dvc repro' makes results anew.")
    return results


def _broken_chain(results: dict[str, Result]) -> Iterator[str]:
    """Yield a result that was made from others than those beside it."""
    for stage, result in results.items():
        for name, wanted in (result.receipt["identity"]["data"] or {}).items():
            source = results.get("ingest" if name in ("parquet", "processed") else name)
            if source is None or stage == "ingest":
                continue
            receipt = source.receipt
            if wanted != receipt["outputs"].get(name, receipt["result_sha256"]):
                yield f"{stage} {result.name}: made from another '{name}' than the one that lies there"


def _other_code(project: Project, results: dict[str, Result]) -> Iterator[str]:
    """Yield a result of other code or another environment than what is installed: the wheel in the package would not be its."""
    for stage, result in results.items():
        now = refreeze(project, stage, result.receipt["spec"]).document
        identity = result.receipt["identity"]
        for name, found in (("code", now.code_sha256), ("environment", now.env_sha256)):
            if found != identity[name]:
                yield f"{stage} {result.name}: made by another {name} than is installed"


def contents(
    project: Project, experiment: str, dataset: str, results: dict[str, Result]
) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every file of a package but its manifest."""
    for stage, result in results.items():
        yield f"{packages.RECEIPTS}/{stage}.json", packages.text(result.receipt)
        place = project.data / "spec" / slice_place(stage, dataset if stage == "ingest" else experiment)
        yield f"{packages.SPEC}/{stage}.json", packages.text(json.loads(place.read_text(encoding="utf-8")))
    resolved = results["report"].receipt["spec"]["resolved"]
    yield f"{packages.SPEC}/resolved.json", packages.text(resolved)
    yield from _code(project, results, resolved["strategy"]["kind"])
    for name, schema in schemas(project).items():
        yield f"{packages.SCHEMAS}/{name}", schema_text(schema).encode()
    manifest = read_manifest(results["ingest"].path("processed"))
    yield packages.DATA_MANIFEST, packages.text(manifest.model_dump(mode="json"))
    lock = project.root / packages.LOCK
    pins = read_pins(lock)
    content = lock.read_bytes()
    yield packages.LOCK, content
    yield packages.BILL, bill(materials(pins), version=hashlib.sha256(content).hexdigest()).encode()
    wheel = project_wheel()
    yield f"{packages.WHEEL}/{wheel.name}", wheel.content
    yield from _governed(project, results)


def _code(project: Project, results: dict[str, Result], strategy: str) -> Iterator[tuple[str, bytes]]:
    """Yield the strategy's own file, and every file of the project's plug-ins that a stage depends on."""
    for name in sorted({name for result in results.values() for name in result.receipt["code"]}):
        path, is_plugin = place_of(name)
        content = (project.plugins if is_plugin else package_folder()) / path
        if is_plugin:
            yield f"{packages.PLUGINS}/{path}", content.read_bytes()
        if path == f"strategies/{strategy}.py":
            yield f"{packages.STRATEGY}/{strategy}.py", content.read_bytes()


def _governed(project: Project, results: dict[str, Result]) -> Iterator[tuple[str, bytes]]:
    """Yield the gates and what they said, and the approvals of exactly this run with the keys to check them."""
    gates = load_gates(project)
    if gates is not None:
        yield packages.GATES, packages.text(gates.model_dump(mode="json"))
    gate = results["gate"].path("gate.json")
    content = json.loads(gate.read_text(encoding="utf-8"))
    yield "gates/gate.json", packages.text({key: value for key, value in content.items() if key != "receipt"})
    run_id = results["backtest"].receipt["stage_id"]
    for path in sorted((project.root / approvals.FOLDER).glob("*.json")):
        if json.loads(path.read_text(encoding="utf-8")).get("run_id") == run_id:
            yield f"{packages.APPROVALS}/{path.name}", path.read_bytes()
    approvers = project.root / APPROVERS_FILE
    if approvers.is_file():
        yield packages.APPROVERS, approvers.read_bytes()


def _entry(project: Project, experiment: str) -> ExperimentEntry:
    known = load_params(project).experiments
    if experiment not in known:
        message = f"params.yaml: experiments has no '{experiment}'.{allowed_values(experiment, known)}"
        raise ConfigError([Problem("<command line>", "experiment", message)])
    if known[experiment].set:
        message = f"params.yaml sets values of '{experiment}': a try-out is not packed. Write them into its file."
        raise ConfigError([Problem("params.yaml", f"experiments.{experiment}.set", message)])
    return known[experiment]


def _write(path: Path, data: bytes) -> None:
    """Write an archive whole or not at all."""
    if path.parent.exists() and not path.parent.is_dir():
        raise ConfigError([Problem("<command line>", "output", f"{path.parent}: is a file. Name a folder.")])
    with scratch_folder(path.parent) as work:
        try:
            draft = work / path.name
            with draft.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            draft.chmod(0o644)
            draft.replace(path)
        except OSError as exc:
            raise explained(exc, path) from exc
