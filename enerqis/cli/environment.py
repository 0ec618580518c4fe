"""Write the environment for others: enerqis environment conda [--check], enerqis environment sbom [--output FILE]."""

from __future__ import annotations

import argparse
from pathlib import Path

from enerqis.cli.console import Console
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument(
        "what", choices=("conda", "sbom"), help="environment.yml for Conda, or a bill of materials in CycloneDX"
    )
    parser.add_argument("--check", action="store_true", help="conda: write nothing; fail if environment.yml is stale")
    parser.add_argument("--output", type=Path, metavar="FILE", help="sbom: write it there instead of standard output")


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0, or 1 where ``environment.yml`` is stale."""
    from enerqis.io.requirements import FILE, read_pins

    project = Project.find()
    pins = read_pins(project.root / FILE)
    if args.what == "conda":
        from enerqis.governance.conda import conda_file

        return _conda(args, console, project.root, conda_file(project, pins))
    from enerqis.governance.sbom import bill, materials
    from enerqis.io.hashing import file_digest

    _bill(args, console, bill(materials(pins), version=file_digest(project.root / FILE)))
    return 0


def _conda(args: argparse.Namespace, console: Console, root: Path, text: str) -> int:
    from enerqis.governance.conda import FILE
    from enerqis.io.atomic import write_text

    path = root / FILE
    if path.is_file() and path.read_bytes() == text.encode():
        return 0
    if args.check:
        console.error(f"{FILE}: not what requirements.txt gives. Run 'enerqis environment conda' and commit it.")
        return 1
    write_text(path, text)
    console.result(FILE)
    return 0


def _bill(args: argparse.Namespace, console: Console, text: str) -> None:
    from enerqis.governance.sbom import check_bill
    from enerqis.io.atomic import write_text

    check_bill(text)
    if args.output is None:
        console.result(text.removesuffix("\n"))
    else:
        write_text(args.output, text)
        console.result(str(args.output))
