"""What a secret looks like in a file: shapes of known kinds, and assignments of what is too random to be a word.

Pure: bytes in, matches out. A shape is looked for only where its mark, a plain run of bytes, stands at all.
"""

from __future__ import annotations

import codecs
import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

DOMAIN = b"enerqis/scan/1\0"
TEXT_BYTES = 4_000_000
"""Only the first bytes of a file are searched for assignments, which people and programs write into small files."""
LEAST_LENGTH = 20
LEAST_ENTROPY = 3.6
"""Bits a character. 20 random letters and digits have some 4.1, a word or a path of that length some 3.3."""
LEAST_PASSWORD = 12
LEAST_PASSWORD_ENTROPY = 3.2
"""Bits a character of a password with punctuation: 12 characters of which no more than three come twice."""
SIGNS = "!#$%&*@^?|"
HEX_LENGTHS = range(32, 129)
LEAST_HEX_ENTROPY = 3.0


class Shape(NamedTuple):
    """One kind of secret: the bytes that every one of it holds, and all of it."""

    kind: str
    marks: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


class Match(NamedTuple):
    """A place in a file; the text itself is never shown, only its fingerprint."""

    kind: str
    line: int
    fingerprint: str


_EDGE, _END = rb"(?<![A-Za-z0-9_+/-])", rb"(?![A-Za-z0-9_+/-])"


def _shape(kind: str, marks: tuple[bytes, ...], pattern: bytes) -> Shape:
    return Shape(kind, marks, re.compile(pattern))


SHAPES = (
    _shape(
        "private key",
        (b"PRIVATE KEY-----",),
        rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\s|\\n|\\r)*[A-Za-z0-9+/]{16}[A-Za-z0-9+/=\s\\]*",
    ),
    _shape("age identity", (b"AGE-SECRET-KEY-",), rb"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{58,}"),
    _shape("AWS access key", (b"AKIA", b"ASIA"), _EDGE + rb"(?:AKIA|ASIA)[A-Z2-7]{16}" + _END),
    _shape("Vault token", (b"hvs.", b"hvb.", b"hvr."), _EDGE + rb"hv[sbr]\.[A-Za-z0-9_-]{24,}"),
    _shape("Vault token", (b"s.", b"b.", b"r."), rb"(?<![A-Za-z0-9_.+/-])[sbr]\.[A-Za-z0-9]{24}(?![A-Za-z0-9_.(])"),
    _shape("GitHub token", (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"), _EDGE + rb"gh[pousr]_[A-Za-z0-9]{36,}"),
    _shape("GitHub token", (b"github_pat_",), rb"github_pat_[A-Za-z0-9_]{40,}"),
    _shape("GitLab token", (b"glpat-",), rb"glpat-[A-Za-z0-9_-]{20,}"),
    _shape("Slack token", (b"xoxb-", b"xoxp-", b"xoxa-", b"xoxr-"), rb"xox[bpar]-[A-Za-z0-9-]{20,}"),
    _shape("Stripe key", (b"k_live_",), rb"[sr]k_live_[A-Za-z0-9]{20,}"),
    _shape("Google key", (b"AIza",), _EDGE + rb"AIza[A-Za-z0-9_-]{35}" + _END),
    _shape("web token", (b"eyJ",), _EDGE + rb"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}"),
    _shape(
        "password in an address",
        (b"://",),
        rb"[a-z][a-z0-9+.-]{0,30}://[^\s/:@\"'`<>{}$()]*:(?![A-Z_]+@)(?!\[redacted\])[^\s/:@\"'`<>{}$()]{6,}@[A-Za-z0-9]",
    ),
)

WORDS = tuple(
    word.encode()
    for name in ("api key", "access key", "private key", "secret", "token", "passw", "credential")
    for word in {name.replace(" ", sign) for sign in ("", "_", "-")}
)
"""What the name of a secret holds, in small letters."""

_ASSIGNED = re.compile(
    rb"[A-Za-z0-9_-]{0,40}[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?P<value>[A-Za-z0-9+/_=.~-]{20,200})(?![A-Za-z0-9+/_(])"
)
"""What follows such a word where a value is assigned."""
_PASSWORD = re.compile(
    rb"[A-Za-z0-9_-]{0,40}[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
    rb"(?P<value>[A-Za-z0-9+/_=.~!#$%&*@^?|,;:-]{12,200}+)(?![(\[{<>)\]}\\`])"
)
"""The same with the punctuation that people and generators put into passwords; no bracket follows, which code has."""

_MODULE = re.compile(rb"\"enerqis(?:_plugins)?\.(?:[a-z0-9_]+\.)*[a-z0-9_]*$")
LONGEST_MODULE = 120
"""Letters of a module's name that are looked back over."""


def matches(content: bytes) -> Iterator[Match]:
    """Yield what looks like a secret in a file, by place; a text that two shapes find is told once."""
    found = {(start, text): kind for kind, start, text in _found(content)}
    for (start, text), kind in sorted(found.items()):
        yield Match(kind, content.count(b"\n", 0, start) + 1, fingerprint(text))


def readable(content: bytes) -> bytes:
    """Return UTF-16 that says so by its first two bytes as UTF-8, and other content as it is."""
    if not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content
    return content.decode("utf-16", errors="replace").encode("utf-8", errors="replace")


def fingerprint(text: bytes) -> str:
    """Return what names a finding without showing it."""
    return hashlib.sha256(DOMAIN + text).hexdigest()[:16]


def _found(content: bytes) -> Iterator[tuple[str, int, bytes]]:
    is_text = b"\0" not in content[:8192]
    if is_text:
        for match in _assignments(content[:TEXT_BYTES]):
            if not _is_code_digest(content, match):
                yield "random value under a secret's name", match.start("value"), match["value"]
    for shape in SHAPES:
        if any(len(mark) > 2 or is_text for mark in shape.marks) and any(mark in content for mark in shape.marks):
            for match in shape.pattern.finditer(content):
                yield shape.kind, match.start(), match[0]


def _assignments(text: bytes) -> Iterator[re.Match[bytes]]:
    """Yield each random value that is assigned under the name of a secret; words are looked for first, which is quicker."""
    small = text.lower()
    for word in WORDS:
        start = small.find(word)
        while start >= 0:
            for pattern, is_secret in ((_PASSWORD, _is_password), (_ASSIGNED, _is_random)):
                if (match := pattern.match(text, start + len(word))) and is_secret(match["value"]):
                    yield match
                    break
            start = small.find(word, start + len(word))


def _is_code_digest(content: bytes, match: re.Match[bytes]) -> bool:
    """Return whether it is a line of a receipt or a slice that gives the digest of a module, which may be about secrets."""
    before = content[max(0, match.start() - LONGEST_MODULE) : match.start()]
    return bool(_MODULE.search(before)) and bool(re.fullmatch(rb"[0-9a-f]{64}", match["value"]))


def _is_random(value: bytes) -> bool:
    """Return whether a value is no word, name, path or number, by its letters and how evenly they are spread."""
    text = value.rstrip(b"=").decode("ascii")
    if re.fullmatch(r"[0-9a-fA-F]+", text):
        return len(text) in HEX_LENGTHS and entropy(text) >= LEAST_HEX_ENTROPY
    is_mixed = all(any(test(letter) for letter in text) for test in (str.isupper, str.islower, str.isdigit))
    return len(text) >= LEAST_LENGTH and (is_mixed or _has_long_run(text)) and entropy(text) >= LEAST_ENTROPY


def _is_password(value: bytes) -> bool:
    """Return whether a value has letters of both sizes, digits and punctuation, as no name, path or list of words has."""
    text = value.decode("ascii").rstrip(",;:.")
    is_mixed = all(any(test(letter) for letter in text) for test in (str.isupper, str.islower, str.isdigit))
    has_sign = any(letter in SIGNS for letter in text) and "://" not in text
    return len(text) >= LEAST_PASSWORD and is_mixed and has_sign and entropy(text) >= LEAST_PASSWORD_ENTROPY


def _has_long_run(text: str) -> bool:
    """Return whether letters and digits stand together for longer than in the parts of a path or a name."""
    runs = re.findall(r"[A-Za-z0-9]{16,}", text)
    return any(any(map(str.isdigit, run)) and any(map(str.isalpha, run)) for run in runs)


def entropy(text: str) -> float:
    """Return Shannon's entropy of the characters of `text`, in bits a character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
