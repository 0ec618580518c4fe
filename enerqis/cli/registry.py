"""Show, fill, join or check the registry of how far things have gone: enerqis registry [list|show|record|merge|verify]."""

from __future__ import annotations

import argparse
import json

from enerqis.cli.console import Console
from enerqis.core.errors import SetupError
from enerqis.io.project import Project

COLUMNS = ("what", "state", "identity", "result", "gates passed", "approvals", "until (UTC)")
ACTIONS = ("list", "show", "record", "merge", "verify")
SHOWN = 12
"""Letters of a hash that are shown."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument(
        "action",
        nargs="?",
        default="list",
        choices=ACTIONS,
        help="record: take in what has results; merge: join two branches; verify: hold it against the audit log",
    )
    parser.add_argument("what", nargs="?", default="", metavar="KIND/NAME", help="for show: one record as JSON")


def run(args: argparse.Namespace, console: Console) -> int:
    """Do what was asked; return 1 where the registry does not hold."""
    project = Project.find()
    if args.action == "show":
        return _show(project, args.what, console)
    if args.what:
        raise SetupError(
            f"'enerqis registry {args.action}' takes no further word. For one record: registry show KIND/NAME."
        )
    actions = {"list": _list, "record": _record, "merge": _merge, "verify": _verify}
    return actions[args.action](project, console)


def _list(project: Project, console: Console) -> int:
    from enerqis.governance.audit_log import read_log
    from enerqis.governance.registry import standing

    now = standing(read_log(project))
    rows = [
        (
            f"{each.kind}/{each.name}",
            each.state,
            each.identity[:SHOWN],
            (each.result_sha256 or "")[:SHOWN],
            str(len(each.gates)) + (f" and {len(each.overrides)} overridden" if each.overrides else ""),
            str(len(each.approvals)),
            (each.expires or "")[:16].replace("T", " "),
        )
        for each in now.records.values()
    ]
    console.table("registry", COLUMNS, rows)
    for conflict in now.conflicts:
        console.result(f"conflict: {conflict}")
    return 1 if now.conflicts else 0


def _show(project: Project, what: str, console: Console) -> int:
    from enerqis.governance.audit_log import read_log
    from enerqis.governance.registry import standing
    from enerqis.pipeline.registering import find

    record = find(standing(read_log(project)), what, most_of="state")
    console.result(json.dumps(record.model_dump(mode="json"), indent=1, sort_keys=True))
    return 0


def _record(project: Project, console: Console) -> int:
    from enerqis.pipeline.registering import record

    new = record(project)
    for each in new:
        console.result(f"{each.kind}/{each.name}@{each.identity[:SHOWN]}: research")
    console.say(f"{len(new)} new; commit .cbr" if new else "nothing new")
    return 0


def _merge(project: Project, console: Console) -> int:
    from enerqis.pipeline.registering import merge

    console.result(f"{len(merge(project).records)} records, as the audit log has them")
    return 0


def _verify(project: Project, console: Console) -> int:
    from enerqis.core.clock import utc_now
    from enerqis.governance.audit_log import read_log
    from enerqis.governance.registry import standing
    from enerqis.pipeline.auditing import expired, findings

    found = [each.what for each in findings(project) if each.is_fault]
    found += expired(standing(read_log(project)), utc_now())
    for each in found:
        console.result(each)
    if not found:
        console.result("the registry is what the audit log says, and every approval in it holds")
    return 1 if found else 0
