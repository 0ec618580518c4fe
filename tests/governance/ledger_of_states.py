"""A project that has only a registry: what happened is written by the functions that commands call, at given instants."""

import subprocess
from datetime import UTC, datetime, timedelta

from enerqis.governance.audit_log import append
from enerqis.io.project import Project

START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
WHO = "Ada <ada@example.org>"
ATTRIBUTES = ".cbr/*.json text eol=lf merge=union\n.cbr/approvals/*.json text eol=lf\n"


def thing(name, letter, kind="experiment", rests_on=()):
    """Return a thing as `record` tells the log; its hashes are one letter repeated."""
    return {
        "kind": kind,
        "name": name,
        "identity": letter * 64,
        "result_sha256": letter * 64,
        "rests_on": list(rests_on),
    }


def recorded(project, *things, day=0):
    return append(
        project, "record", subject=".cbr/registry.json", facts={"records": list(things)}, who=WHO, when=_at(day)
    )


def promoted(project, name, letter, old, new, *, day=0, **facts):
    content = {"identity": letter * 64, "from": old, "to": new, "gates": ["g"], "approvals": [], "expires": None}
    return append(project, "promote", subject=f"experiment/{name}", facts={**content, **facts}, who=WHO, when=_at(day))


def demoted(project, name, letter, new, *, day=0):
    content = {"identity": letter * 64, "to": new, "reason": "drift"}
    return append(project, "demote", subject=f"experiment/{name}", facts=content, who=WHO, when=_at(day))


def git(folder, *words, email="ada@example.org", check=True):
    """Run git in a folder as a person."""
    person = ["-c", f"user.name={email.partition('@')[0]}", "-c", f"user.email={email}"]
    return subprocess.run(["git", *person, *words], cwd=folder, check=check, capture_output=True, text=True)


def repository(folder):
    """Return the project of a new repository on branch main, with the attributes that join branches."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / ".gitattributes").write_text(ATTRIBUTES, encoding="utf-8")
    (folder / ".gitignore").write_text(".enerqis/\n", encoding="utf-8")
    commit(folder, "start")
    return Project(folder)


def commit(folder, message, email="ada@example.org"):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message, email=email)


def _at(day):
    return START + timedelta(days=day)
