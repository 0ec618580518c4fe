"""Stamp, verify or show the headers of governed documents: enerqis meta stamp|verify|show [PATH...]."""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.core.errors import DataError, SetupError
from enerqis.io.project import Project

if TYPE_CHECKING:
    from enerqis.governance.documents import Documents


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("what", choices=("stamp", "verify", "show"), help="give headers, hold them, or read one")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="documents; none = every governed one")
    parser.add_argument("--type", default="", metavar="KIND", help="stamp: kind of a document that is not governed")
    parser.add_argument("--renew", action="store_true", help="stamp: also what holds already")
    parser.add_argument("--built-at", default="", metavar="TIME", help="stamp: 2026-01-31T12:00:00Z instead of now")


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where every document holds, or was stamped, else 1."""
    from enerqis.pipeline.governing import documents

    found = documents(Project.find())
    if args.what == "show":
        return _show(args, found, console)
    return _stamp(args, found, console) if args.what == "stamp" else _verify(args, found, console)


def _chosen(args: argparse.Namespace, found: Documents) -> list[Path]:
    return [path.resolve() for path in args.paths] or list(found.types)


def _verify(args: argparse.Namespace, found: Documents, console: Console) -> int:
    total = 0
    chosen = _chosen(args, found)
    for path in chosen:
        for fault in found.faults(path, found.types.get(path)):
            console.result(f"{found.project.relative(path)}:{fault.line}:1: {fault.sort}: {fault.message}")
            total += 1
    if not total:
        console.say(f"{len(chosen)} documents hold")
    return 1 if total else 0


def _stamp(args: argparse.Namespace, found: Documents, console: Console) -> int:
    from enerqis.pipeline.governing import stamp_of

    built_at = instant(args.built_at) if args.built_at else None
    chosen = _chosen(args, found)
    for path in chosen:
        doc_type = found.types.get(path) or args.type
        shown = found.project.relative(path)
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", doc_type):
            raise SetupError(
                f"{shown}: no kind in .cbr/documents.yaml. Name it there, or give --type KIND: lower-case letters, "
                "digits and underscores, such as policy."
            )
        done = found.stamp(path, stamp_of(found, doc_type, built_at=built_at), renew=args.renew)
        if done.is_changed:
            was = ", ".join(dict.fromkeys(each.sort for each in done.before)) or "held"
            console.result(f"{shown}: stamped as {doc_type}; before: {was}")
    console.say(f"{len(chosen)} documents hold")
    return 0


def instant(text: str) -> datetime:
    """Return the instant that a person wrote for the clock."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as exc:
        raise SetupError(f"--built-at {text}: write UTC to the second, such as 2026-01-31T12:00:00Z.") from exc


def _show(args: argparse.Namespace, found: Documents, console: Console) -> int:
    """Show every field of a header as it is, also one that another program wrote, and what is wrong with it."""
    from enerqis.governance import headers

    code = 0
    for path in _chosen(args, found):
        shown = found.project.relative(path)
        faults = found.faults(path, found.types.get(path))
        try:
            line = headers.parse(headers.decoded(path.read_bytes())).line
        except DataError as exc:
            raise DataError(f"{shown}: {exc}") from exc
        if line is None:
            raise DataError(f"{shown}: no header. Give it one with 'enerqis meta stamp'.")
        console.result(f"{shown}\n{json.dumps(headers.fields_of(line), indent=1, sort_keys=True, ensure_ascii=False)}")
        for fault in faults:
            console.result(f"{fault.sort}: {fault.message}")
        code = code or bool(faults)
    return code
