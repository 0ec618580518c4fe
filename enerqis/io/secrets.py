"""References to secrets: written in a spec, resolved at use, never written anywhere.

A reference is ``secret://NAME/NAME...`` in lower case. Until the project has a vault it resolves from the environment only:
``secret://broker/alpaca/key`` is read from ``ENERQIS_SECRET_BROKER_ALPACA_KEY``. What was resolved in this process is
remembered, only so that `redact` can keep it out of logs and messages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from enerqis.core.errors import SetupError

SCHEME = "secret://"
ENVIRONMENT_PREFIX = "ENERQIS_SECRET_"
HIDDEN = "[redacted]"

_REFERENCE = re.compile(r"secret://[a-z][a-z0-9_]*(?:/[a-z][a-z0-9_]*)+")
_LOOKS_SECRET = re.compile(
    r"""(?ix)
    (?P<name>["']?[\w.-]*(?:api_?key|secret|token|passw(?:or)?d|credential|private_?key)[\w.-]*["']?\s*[=:](?!//)\s*)
    (?P<value>"[^"]*"|'[^']*'|[^\s,;&"'}\])]+)
    """
)
_IN_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s@]+@", re.IGNORECASE)

_resolved: set[str] = set()


def is_reference(text: str) -> bool:
    """Return whether `text` asks for a secret rather than being a plain value."""
    return text.startswith(SCHEME)


def variable(reference: str) -> str:
    """Return the environment variable that holds `reference`.

    Raises
    ------
    SetupError
        If the reference is malformed.
    """
    if not _REFERENCE.fullmatch(reference):
        raise SetupError(
            f"{reference}: not a reference to a secret. Allowed: secret://NAME/NAME..., each NAME a lower-case letter and "
            "then letters, digits or _"
        )
    return ENVIRONMENT_PREFIX + reference.removeprefix(SCHEME).replace("/", "_").upper()


def resolve(reference: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the value of `reference`; use it at once and keep it nowhere.

    Parameters
    ----------
    reference : str
        ``secret://a/b``.
    environment : mapping of str to str, optional
        Where to look; default: the environment of this process.

    Raises
    ------
    SetupError
        If the reference is malformed or its variable is absent or empty; the message names the variable, never a value.
    """
    name = variable(reference)
    value = (os.environ if environment is None else environment).get(name, "")
    if not value:
        raise SetupError(f"{reference}: no value. Set the environment variable {name} and run again.")
    _resolved.add(value)
    return value


def redact(text: str) -> str:
    """Return `text` without any value that `resolve` gave out and without what looks like a key, token or password."""
    for value in sorted(_resolved, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    text = _IN_ADDRESS.sub(rf"\g<scheme>{HIDDEN}@", text)
    return _LOOKS_SECRET.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    """Hide the value of one assignment, but not a reference, which is safe to read."""
    value = match["value"].strip("\"'")
    return match[0] if is_reference(value) or value == HIDDEN else match["name"] + HIDDEN
