"""Keep and look after secrets: enerqis secrets init|put|get|list|check|rotate|policy|scan."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING, NamedTuple

from enerqis.cli.console import Console
from enerqis.core.errors import SetupError

if TYPE_CHECKING:
    from enerqis.io.project import Project
    from enerqis.spec.secrets import SecretsFile
    from enerqis.vaults.backend import Backend, Entry

ACTIONS = ("init", "put", "get", "list", "check", "rotate", "policy", "scan")
COLUMNS = ("secret", "version", "written (UTC)", "days old", "at most", "owner", "readers")
GENERATED_BYTES = 32


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command; a value is never one of them."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("init", help="make what the chosen backend needs, and .cbr/secrets.yaml where there is none")
    put = actions.add_parser("put", help="write a value, read from standard input or asked for")
    rotate = actions.add_parser("rotate", help="replace a value by another one, or encrypt all anew (--keys)")
    get = actions.add_parser("get", help="say what is known of a secret; with --reveal, its value")
    for action in (put, get):
        action.add_argument("name", metavar="NAME", help="such as broker/test/key")
    rotate.add_argument("name", metavar="NAME", nargs="?", help="such as broker/test/key")
    rotate.add_argument(
        "--keys", action="store_true", help="encrypt all anew for the recipients or the key as configured"
    )
    for action in (put, rotate):
        action.add_argument("--generate", action="store_true", help="let chance choose the value: 256 bits")
    get.add_argument("--reveal", action="store_true", help="print the value to the terminal")
    get.add_argument("--pipe", action="store_true", help="print it even where no terminal reads it")
    get.add_argument("--version", type=int, metavar="N", help="an older version, where the backend keeps them")
    actions.add_parser("list", help="names, versions and ages; never a value")
    actions.add_parser("check", help="what is missing, too old or not declared; 1 where there is a fault")
    policy = actions.add_parser("policy", help="the policy of a Vault or OpenBao for a reader or an owner, in HCL")
    policy.add_argument("who", metavar="WHO", help="a reader or an owner of .cbr/secrets.yaml")
    scan = actions.add_parser("scan", help="look for secrets in files; 1 where there is one")
    scan.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; none: what git keeps, and outputs")
    scan.add_argument("--values", action="store_true", help="look also for the values that are stored, in any encoding")


class Opened(NamedTuple):
    """What most actions need."""

    project: Project
    policy: SecretsFile
    backend: Backend
    chosen: str


def run(args: argparse.Namespace, console: Console) -> int:
    """Do one action; 0 done, 1 something to mend."""
    actions = {
        "init": _init,
        "put": _put,
        "get": _get,
        "list": _list,
        "check": _check,
        "rotate": _rotate,
        "policy": _policy,
        "scan": _scan,
    }
    return actions[args.action](args, console)


def _init(args: argparse.Namespace, console: Console) -> int:
    from enerqis.io.atomic import write_text
    from enerqis.io.project import Project
    from enerqis.io.shipped import shipped_folder
    from enerqis.vaults.policy_file import FILE

    project = Project.find()
    if not (project.root / FILE).exists():
        write_text(project.root / FILE, (shipped_folder() / FILE).read_text(encoding="utf-8"))
        console.result(f"wrote {FILE}: names, readers and ages; look through it")
    found = _opened(project)
    console.result(f"{found.chosen}: {found.backend.ready()}")
    return 0


def _put(args: argparse.Namespace, console: Console) -> int:
    found = _opened()
    _declared(found.policy, args.name)
    value = _new_value(args)
    entry = found.backend.put(args.name, value)
    console.result(f"secret://{args.name}: version {entry.version} in {found.backend.place}")
    _warn_of_short(value, args.name, console)
    return 0


def _get(args: argparse.Namespace, console: Console) -> int:
    found = _opened()
    _declared(found.policy, args.name)
    stored = found.backend.get(args.name, version=args.version)
    if not args.reveal:
        version = f"version {stored.version}" if stored.version else "there"
        console.result(f"secret://{args.name}: {version} in {found.backend.place}; --reveal prints the value")
        return 0
    if not (sys.stdout.isatty() or args.pipe):
        raise SetupError(
            f"secret://{args.name}: no terminal reads this, so the value would land in a file or a log. Say --pipe too if a "
            "program is to read it."
        )
    console.reveal(stored.value)
    return 0


def _list(args: argparse.Namespace, console: Console) -> int:
    found = _opened()
    entries = found.backend.entries()
    names = sorted(entries.keys() | found.policy.secrets.keys())
    console.table(f"secrets in {found.backend.place}", COLUMNS, [_row(found.policy, name, entries) for name in names])
    return 0


def _check(args: argparse.Namespace, console: Console) -> int:
    from enerqis.core.clock import utc_now
    from enerqis.governance.secret_rules import findings
    from enerqis.governance.secret_uses import references

    found = _opened()
    told = findings(found.policy, found.backend.entries(), asked=references(found.project), now=utc_now())
    for each in told:
        console.result(f"{'fault' if each.is_fault else 'note'}: secret://{each.name}: {each.what}")
    faults = sum(each.is_fault for each in told)
    console.say(f"{found.backend.place}: {f'{faults} to mend' if faults else 'no fault found'}")
    return 1 if faults else 0


def _rotate(args: argparse.Namespace, console: Console) -> int:
    if bool(args.name) == args.keys:
        raise SetupError("rotate: say the NAME of a secret for a new value, or --keys to encrypt all anew.")
    from enerqis.governance.audit_log import refuse_broken_log
    from enerqis.governance.rotations import record

    found = _opened()
    refuse_broken_log(found.project)
    if args.keys:
        count = found.backend.rewrap()
        console.result(f"{found.backend.place}: {count} secrets encrypted anew")
        record(found.project, "", backend=found.chosen, facts={"secrets": count})
        return 0
    _declared(found.policy, args.name)
    old = found.backend.get(args.name)
    value = _new_value(args)
    if value == old.value:
        raise SetupError(f"secret://{args.name}: the new value is the old one. Make another; nothing was written.")
    entry = found.backend.put(args.name, value, after=old.version)
    console.result(f"secret://{args.name}: version {entry.version} in {found.backend.place}")
    record(found.project, args.name, backend=found.chosen, facts={"version": entry.version, "before": old.version})
    _warn_of_short(value, args.name, console)
    console.say(f"now: {found.policy.secrets[args.name].rotation}; and commit .cbr/audit_log.json, which tells of it")
    return 0


def _policy(args: argparse.Namespace, console: Console) -> int:
    from enerqis.governance.vault_policy import vault_policy

    policy = _policy_of()
    vaults = [each for each in policy.backends.values() if each.kind == "vault"]
    if not vaults:
        raise SetupError(
            ".cbr/secrets.yaml: no backend of kind vault, so no mount and no prefix to write a policy for."
        )
    console.result(vault_policy(policy, vaults[0], args.who).rstrip("\n"))
    return 0


def _scan(args: argparse.Namespace, console: Console) -> int:
    from pathlib import Path

    from enerqis.governance.secret_scan import scan
    from enerqis.io.project import Project
    from enerqis.vaults.policy_file import read_policy

    project = Project.find()
    policy = read_policy(project)
    missing = [path for path in args.paths if not Path(path).exists()]
    if missing:
        raise SetupError(f"{missing[0]}: no such file or folder.")
    found = scan(
        project,
        paths=[Path(path).resolve() for path in args.paths],
        allowed=policy.allowed if policy else (),
        values=_stored_values(project) if args.values else (),
    )
    for each in found.places:
        console.result(
            f"{each}. Remove it and switch it off where it opens something; if it is none, say so in .cbr/secrets.yaml"
        )
    for stale in found.stale:
        console.result(
            f".cbr/secrets.yaml: allowed: {stale.path} holds no {stale.fingerprint} (any more). Remove the entry."
        )
    console.say(f"{found.files} files, {len(found.places) or 'no'} finding{'' if len(found.places) == 1 else 's'}")
    return 1 if found.places or found.stale else 0


def _policy_of(project: Project | None = None) -> SecretsFile:
    from enerqis.io.project import Project
    from enerqis.vaults.policy_file import FILE, read_policy

    policy = read_policy(project or Project.find())
    if policy is None:
        raise SetupError(f"{FILE}: not there. Make it with 'enerqis secrets init'.")
    return policy


def _opened(project: Project | None = None) -> Opened:
    from enerqis.io.project import Project
    from enerqis.vaults.resolving import backend_of, chosen_name

    project = project or Project.find()
    policy = _policy_of(project)
    return Opened(project, policy, backend_of(project, policy), chosen_name(policy))


def _declared(policy: SecretsFile, name: str) -> None:
    from difflib import get_close_matches

    if name not in policy.secrets:
        near = get_close_matches(name, policy.secrets, n=1)
        raise SetupError(
            f"secret://{name}: not one of 'secrets' in .cbr/secrets.yaml."
            + (f" Did you mean '{near[0]}'?" if near else "")
            + " Declare it there first: who reads it, how old it may grow."
        )


def _new_value(args: argparse.Namespace) -> str:
    """Return a new value: by chance, asked for twice, or all of standard input without its last line end."""
    from enerqis.io.secrets import remember

    if args.generate:
        import secrets

        value = secrets.token_urlsafe(GENERATED_BYTES)
    elif sys.stdin.isatty():
        value = getpass.getpass(f"value of {args.name}: ")
        if getpass.getpass("once more: ") != value:
            raise SetupError(f"secret://{args.name}: the two values differ; nothing was written.")
    else:
        value = _typed_in(args.name)
    if not value.strip():
        raise SetupError(f"secret://{args.name}: an empty value; nothing was written.")
    remember(value)
    return value


def _typed_in(name: str) -> str:
    """Return all of standard input as it is, without its last line end.

    Raises
    ------
    SetupError
        If it is not UTF-8.
    """
    try:
        return sys.stdin.buffer.read().decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise SetupError(f"secret://{name}: not UTF-8; nothing was written. Of bytes give their base64.") from None


def _warn_of_short(value: str, name: str, console: Console) -> None:
    from enerqis.io.secrets import SHORTEST

    if len(value) < SHORTEST:
        console.say(
            f"secret://{name}: fewer than {SHORTEST} characters: messages and logs cannot hide it among ordinary words"
        )


def _stored_values(project: Project) -> list[str]:
    found = _opened(project)
    return [found.backend.get(name).value for name in found.backend.entries()]


def _row(policy: SecretsFile, name: str, entries: dict[str, Entry]) -> tuple[str, ...]:
    from enerqis.core.clock import utc_now
    from enerqis.governance.secret_rules import age_days

    rule, entry = policy.secrets.get(name), entries.get(name)
    age = age_days(entry, utc_now()) if entry else None
    return (
        name,
        str(entry.version or "?") if entry else "none",
        f"{entry.written_at:%Y-%m-%d %H:%M}" if entry and entry.written_at else "",
        "" if age is None else f"{age:.0f}",
        str(rule.max_age_days) if rule else "",
        rule.owner if rule else "not declared",
        " ".join(rule.readers) if rule else "",
    )
