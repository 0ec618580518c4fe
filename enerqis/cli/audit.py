"""Hold the audit log against its chain, git, registry, approvals and run trails, or show it: enerqis audit [verify|show]."""

from __future__ import annotations

import argparse
import json

from enerqis.cli.console import Console
from enerqis.core.errors import EnerqisError
from enerqis.io.project import Project

COLUMNS = ("when (UTC)", "event", "subject", "who", "facts", "entry")
SHOWN = 12
FACTS = ("from", "to", "approver", "edge", "reason", "mode")
"""Facts that a list shows; --json has all."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("action", nargs="?", default="show", choices=("show", "verify"), help="show is the default")
    parser.add_argument("--last", type=int, default=20, metavar="N", help="show the last N entries (20)")
    parser.add_argument("--json", action="store_true", help="say it as JSON")


def run(args: argparse.Namespace, console: Console) -> int:
    """Show the log, or return 1 where it does not hold."""
    if args.last < 1:
        raise EnerqisError(f"--last {args.last}: a number of entries, 1 or more.")
    project = Project.find()
    return _verify(project, args, console) if args.action == "verify" else _show(project, args, console)


def _verify(project: Project, args: argparse.Namespace, console: Console) -> int:
    from enerqis.governance.audit_log import read_log
    from enerqis.pipeline.auditing import findings

    found = list(findings(project))
    faults = [each.what for each in found if each.is_fault]
    notes = [each.what for each in found if not each.is_fault]
    log = read_log(project)
    heads = [log.head(link).model_dump() for link in log.heads]
    if args.json:
        content = {"entries": len(log.entries), "heads": heads, "faults": faults, "notes": notes}
        console.result(json.dumps(content, indent=1, sort_keys=True))
        return 1 if faults else 0
    for each in faults:
        console.result(f"fault: {each}")
    for each in notes:
        console.result(f"note: {each}")
    if not faults:
        ends = " and ".join(str(each["head"])[:SHOWN] for each in heads) or "none yet"
        console.result(f"audit log whole, {len(log.entries)} entries, head {ends}")
    return 1 if faults else 0


def _show(project: Project, args: argparse.Namespace, console: Console) -> int:
    from enerqis.governance.audit_log import read_log

    entries = read_log(project).in_order[-args.last :]
    if args.json:
        content = [{"entry": link, **entry.model_dump(mode="json")} for link, entry in entries]
        console.result(json.dumps(content, indent=1, sort_keys=True))
        return 0
    rows = [
        (
            entry.when[:16].replace("T", " "),
            entry.event,
            entry.subject,
            entry.who,
            ", ".join(f"{key} {entry.facts[key]}" for key in FACTS if key in entry.facts),
            link[:SHOWN],
        )
        for link, entry in entries
    ]
    console.table("audit log", COLUMNS, rows)
    return 0
