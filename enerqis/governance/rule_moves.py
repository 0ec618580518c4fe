"""Which way rules about people, the repository and secrets move between two versions of their files in ``.cbr/``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from enerqis.governance.moves import Direction
from enerqis.spec.approvers import Approvers
from enerqis.spec.base import Spec
from enerqis.spec.repository import Repository
from enerqis.spec.secrets import SecretsFile

Looser = Literal["up", "down", "off", "more", "fewer", "read", "words"]

APPROVERS, REPOSITORY, SECRETS = ".cbr/approvers.yaml", ".cbr/repository.yaml", ".cbr/secrets.yaml"
MODELS: Mapping[str, type[Spec]] = {APPROVERS: Approvers, REPOSITORY: Repository, SECRETS: SecretsFile}

RECIPIENTS = ".cbr/secrets.recipients"
"""Who opens the encrypted secrets: one public key a line, each a reader of every secret from the next write on."""

LOOSER: Mapping[str, Mapping[str, Looser]] = {
    APPROVERS: {
        "max_valid_days": "up",
        "edges.*.approvals": "down",
        "edges.*.roles": "more",
        "loosening.approvals": "down",
        "loosening.roles": "more",
        "people.*": "more",
        "people.*.name": "words",
        "people.*.emails": "fewer",
        "people.*.roles": "more",
        "people.*.key": "read",
    },
    REPOSITORY: {
        "format": "read",
        "organisation": "read",
        "name": "read",
        "default_branch": "read",
        "teams.*": "read",
        "review.approvals": "down",
        "review.code_owner": "off",
        "review.dismiss_stale": "off",
        "review.last_push": "off",
        "review.resolve_threads": "off",
        "checks": "fewer",
        "up_to_date": "off",
        "merges": "more",
        "linear_history": "off",
        "signed_commits": "off",
    },
    SECRETS: {
        "format": "read",
        "backend": "read",
        "backends.*": "read",
        "backends.*.*": "read",
        "readers.*": "words",
        "secrets.*": "read",
        "secrets.*.purpose": "words",
        "secrets.*.owner": "read",
        "secrets.*.readers": "more",
        "secrets.*.max_age_days": "up",
        "secrets.*.is_required": "off",
        "secrets.*.rotation": "words",
        "allowed": "more",
    },
}
"""What loosens each field: a number that goes up or down, a truth that goes off, more or fewer in a list. ``read``: no
direction can be told; ``words``: for people only. A field that does not stand here is to be read."""

WHY: Mapping[Looser, str] = {
    "up": "loosens upwards",
    "down": "loosens downwards",
    "off": "loosens when it is off",
    "more": "loosens with each one more",
    "fewer": "loosens with each one less",
    "read": "a person reads it",
}


class RuleMove(NamedTuple):
    """A rule that changed.

    Parameters
    ----------
    file : str
    key : str
        Dotted key in it.
    old, new : JSON value
        None where a side has no such key or member.
    direction : {"looser", "tighter", "untold"}
    why : str
        One clause for people.
    """

    file: str
    key: str
    old: Any
    new: Any
    direction: Direction
    why: str


def rule_moves(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[RuleMove]:
    """Yield what changed between two sides; each maps a file to its content as plain data, and lacks what is not there.

    The content of `RECIPIENTS` is the list of its keys.
    """
    for file in MODELS:
        before, after = old.get(file), new.get(file)
        if before == after:
            continue
        if before is None or after is None:
            yield RuleMove(file, "(file)", _presence(before), _presence(after), "untold", WHY["read"])
            continue
        whole = [_whole(file, each) for each in (before, after)]
        if None in whole:
            yield RuleMove(file, "(file)", "as it was", "cannot be read", "untold", WHY["read"])
        else:
            yield from _moves(file, (), whole[0], whole[1])
    readers = [set(side.get(RECIPIENTS) or ()) for side in (old, new)]
    for key in sorted(readers[0] ^ readers[1]):
        before, after = (key if key in each else None for each in readers)
        yield RuleMove(RECIPIENTS, "recipients", before, after, _direction("more", before, after), WHY["more"])


def recipients_of(text: str) -> list[str]:
    """Return the keys that a list of recipients holds, without comments."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def _presence(content: Any) -> str | None:
    return None if content is None else "there"


def _whole(file: str, content: Any) -> dict[str, Any] | None:
    """Return a file's content with its defaults filled in and people by their name, or None where it does not hold."""
    try:
        whole: dict[str, Any] = MODELS[file].model_validate_json(json.dumps(content)).model_dump(mode="json")
    except (ValidationError, TypeError, ValueError):
        return None
    if file == APPROVERS:
        whole["people"] = {each["name"]: each for each in whole["people"]}
    return whole


def _moves(file: str, path: tuple[str, ...], old: Any, new: Any) -> Iterator[RuleMove]:
    """Yield what differs below a key."""
    if json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _moves(file, (*path, name), old.get(name), new.get(name))
        return
    looser = _looser(file, path)
    if looser == "words":
        return
    key = ".".join(path)
    if isinstance(old, list) and isinstance(new, list):
        for each in old:
            if each not in new:
                yield RuleMove(file, key, each, None, _direction(looser, each, None), WHY[looser])
        for each in new:
            if each not in old:
                yield RuleMove(file, key, None, each, _direction(looser, None, each), WHY[looser])
        return
    yield RuleMove(file, key, old, new, _direction(looser, old, new), WHY[looser])


def _looser(file: str, path: tuple[str, ...]) -> Looser:
    """Return what loosens a key: the first pattern of as many words, of which ``*`` is any."""
    for pattern, looser in LOOSER[file].items():
        words = pattern.split(".")
        if len(words) == len(path) and all(word in ("*", part) for word, part in zip(words, path, strict=True)):
            return looser
    return "read"


def _direction(looser: Looser, old: Any, new: Any) -> Direction:
    match looser:
        case "up" | "down":
            is_looser = (new > old) == (looser == "up")
        case "off":
            is_looser = not new
        case "more":
            is_looser = old is None
        case "fewer":
            is_looser = new is None
        case _:
            return "untold"
    return "looser" if is_looser else "tighter"
