"""Pack a finished experiment, check a package, or run one again: enerqis package EXPERIMENT | verify FILE | run FILE."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.core.errors import ConfigError, Problem, SetupError
from enerqis.io.project import Project

if TYPE_CHECKING:
    from enerqis.pipeline.package_checks import Checked

SHOWN = 12
"""Letters of a hash that are shown."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument(
        "words", nargs="+", metavar="EXPERIMENT | verify FILE | run FILE", help="what to pack, check or run again"
    )
    packing, checking = (parser.add_argument_group(title) for title in ("with EXPERIMENT", "with verify and run"))
    packing.add_argument("--mode", default="package-only", metavar="MODE", help="package-only: nothing is deployed")
    packing.add_argument("--output", type=Path, metavar="DIR", help="folder of the archive; it is made")
    checking.add_argument(
        "--sha256",
        default="",
        metavar="HASH",
        help="hash that the archive must have; run asks for it where a package that this project did not make holds plug-ins",
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where the package was written, holds, or gave the same result; else 1."""
    match args.words:
        case ["verify", file]:
            return _verify(Path(file), args.sha256, console)
        case ["run", file]:
            return _rerun(Path(file), args.sha256, console)
        case [experiment]:
            return _pack(experiment, args, console)
    message = f"'{' '.join(args.words)}' is not understood. Write EXPERIMENT, verify FILE or run FILE."
    raise ConfigError([Problem("<command line>", "package", message)])


def _pack(experiment: str, args: argparse.Namespace, console: Console) -> int:
    from enerqis.governance.audit_log import refuse_broken_log
    from enerqis.governance.packages import refuse_other_modes
    from enerqis.pipeline.packaging import pack, record

    refuse_other_modes(args.mode)
    if args.output is None:
        raise ConfigError([Problem("<command line>", "--output", "name the folder that the archive is written into.")])
    project = Project.find()
    refuse_broken_log(project)
    packed = pack(project, experiment, mode=args.mode, output=args.output)
    console.result(f"{packed.path}: {packed.files} files, {packed.size} bytes, run {packed.run_id[:SHOWN]}")
    console.result(f"sha256 {packed.sha256}")
    entry = record(project, experiment, packed)
    console.say(f"entered in .cbr/audit_log.json as {entry[:SHOWN]}; commit it")
    return 0


def _verify(file: Path, wanted: str, console: Console) -> int:
    checked = _checked(file, wanted, console, otherwise="do not use it")
    if checked is None or checked.manifest is None:
        return 1
    manifest = checked.manifest
    console.result(f"{file.name}: whole, {len(manifest.files) + 1} files, sha256 {checked.sha256}")
    console.result(
        f"{manifest.experiment} on {manifest.dataset}, run {manifest.run_id}, result {manifest.result_sha256}"
    )
    return 0


def _rerun(file: Path, wanted: str, console: Console) -> int:
    from enerqis.pipeline.package_running import rerun

    checked = _checked(file, wanted, console, otherwise="nothing of it was run")
    if checked is None:
        return 1
    is_equal = True
    for each in rerun(checked, _project(), handed_on=wanted, say=console.say):
        said = (
            f"the same result {each.came_out[:SHOWN]}" if each.is_equal else f"another result {each.came_out[:SHOWN]}"
        )
        recorded = "" if each.is_equal else f", recorded was {each.recorded[:SHOWN]}"
        console.result(f"{each.stage}: {each.origin or said}{recorded}")
        is_equal = is_equal and each.is_equal
    console.result("reproduced" if is_equal else "not reproduced: 'enerqis verify' on the machine of the run says more")
    return 0 if is_equal else 1


def _checked(file: Path, wanted: str, console: Console, *, otherwise: str) -> Checked | None:
    """Return a package without faults; of another say every fault and return None."""
    from enerqis.pipeline.package_checks import check

    checked = check(file)
    faults = [*_other_hash(checked.sha256, wanted), *checked.faults]
    for fault in faults:
        console.result(f"{file.name}: {fault}")
    if not faults:
        return checked
    console.result(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'}: {otherwise}")
    return None


def _other_hash(found: str, wanted: str) -> list[str]:
    """Return a fault where a hash was asked for and the archive has another."""
    if not wanted or found == wanted.lower():
        return []
    return [f"sha256 is {found}, asked for was {wanted}: another package, or a changed one"]


def _project() -> Project | None:
    try:
        return Project.find()
    except SetupError:
        return None
