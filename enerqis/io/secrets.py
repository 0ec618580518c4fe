"""References to secrets, and keeping their values out of logs and messages.

A reference is ``secret://NAME/NAME...`` in lower case; `enerqis.vaults.resolving` turns it into a value. Every value that was
resolved in this process is remembered here, only so that `redact` finds it, also where it was encoded on the way.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
from urllib.parse import quote, quote_plus, unquote

from enerqis.core.errors import SetupError

SCHEME = "secret://"
HIDDEN = "[redacted]"
SHORTEST = 4
"""Values of fewer characters are not looked for: hiding them would hide ordinary words and numbers."""

_REFERENCE = re.compile(r"secret://[a-z][a-z0-9_]*(?:/[a-z][a-z0-9_]*)+")
# every repetition that another may follow is bounded: a long word, such as a key in base64, would take minutes
_LOOKS_SECRET = re.compile(
    r"""(?ix)
    secret://[\w/]+:? |                                     # a reference is safe to read
    secrets?\.(?:yaml|age|kms|recipients|py|json|md)\b:? |  # and so is the name of a file
    (?P<name>(?:api_?key|secret|token|passw(?:or)?d|credential|private_?key)[\w.-]{0,60}["']?\s{0,60}[=:](?!//)\s{0,60})
    (?P<value>"[^"]*"|'[^']*'|[^\s,;&"'}\])]+)
    """
)
_IN_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{0,30}://)[^/\s@]+@", re.IGNORECASE)
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s@:]*:(?P<password>[^/\s@]+)@", re.IGNORECASE)

_resolved: set[str] = set()


def is_reference(text: str) -> bool:
    """Return whether `text` asks for a secret rather than being a plain value."""
    return text.startswith(SCHEME)


def name_of(reference: str) -> str:
    """Return the name in `reference`: ``a/b`` of ``secret://a/b``.

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
    return reference.removeprefix(SCHEME)


def remember(value: str) -> None:
    """Remember `value`, and the password where it is an address, so that neither passes `redact` in this process."""
    _resolved.add(value)
    if found := _PASSWORD.match(value):
        _resolved.add(found["password"])


def redact(text: str) -> str:
    """Return `text` without any remembered value and without what looks like a key, token or password."""
    text = _IN_ADDRESS.sub(rf"\g<scheme>{HIDDEN}@", hide_values(text))
    return _LOOKS_SECRET.sub(_hide, text)


def hide_values(text: str) -> str:
    """Return `text` without any remembered value, in any of its `forms`; nothing else is touched."""
    for form in sorted({form for value in _resolved for form in forms(value)}, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


@functools.lru_cache(maxsize=256)
def forms(value: str) -> tuple[str, ...]:
    """Return how `value` may stand in a text: as it is, without blanks at its ends, URL-encoded or decoded, in HTML, in JSON or
    Python quotes, in hex, in base64.

    Base64 packs three bytes into four letters, so a value inside a longer text has three forms; of each only the letters
    that its neighbours cannot change are kept.
    """
    found = {form for each in {value, value.strip(), unquote(value)} for form in _encoded(each)}
    return tuple(sorted(form for form in found if len(form) >= SHORTEST))


def _encoded(value: str) -> set[str]:
    """Return the encodings of one value; none of one that is too short."""
    if len(value) < SHORTEST:
        return set()
    data = value.encode("utf-8", "surrogatepass")  # hiding never fails: what fails to be hidden is shown
    found = {value, quote(data, safe=""), quote(data), quote_plus(data), repr(value)[1:-1], data.hex()}
    found |= {_PERCENT.sub(lambda each: each[0].lower(), form) for form in found}
    found |= {
        html.escape(value, quote=False),
        html.escape(value),
        html.escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
        data.hex().upper(),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        *value.splitlines(),
    }
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data).decode()
        end = (before + len(data)) * 8 // 6
        inner = whole[-(-before * 8 // 6) : end]
        found |= {inner, inner.translate(str.maketrans("+/", "-_"))}
    return found


def _hide(match: re.Match[str]) -> str:
    """Hide the value of one assignment, but not a reference, which is safe to read."""
    if match["value"] is None:
        return match[0]
    value = match["value"].strip("\"'")
    return match[0] if is_reference(value) or value == HIDDEN else match["name"] + HIDDEN
