"""Who must review a path, by the rules of a CODEOWNERS file as GitHub reads them: the last rule that matches decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file may lie; the first that exists counts."""
OWNER = re.compile(r"@[\w.-]+(?:/[\w.-]+)?|[^@\s]+@[^@\s]+")


class Rule(NamedTuple):
    """One line: a pattern and its owners; a line without owners takes them away."""

    pattern: str
    owners: tuple[str, ...]


def rules_of(text: str) -> tuple[Rule, ...]:
    """Return the rules of a CODEOWNERS file in order; words that are no owner are left out, as GitHub does."""
    found = []
    for line in text.splitlines():
        words = re.split(r"(?<!\\)\s+", re.sub(r"(?:^|(?<=\s))#.*", "", line).strip())
        if words[0]:
            found.append(Rule(words[0].replace("\\ ", " "), tuple(each for each in words[1:] if OWNER.fullmatch(each))))
    return tuple(found)


def owners_of(path: str, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the owners of a path; none where no rule matches, or the last that does names none."""
    owners: tuple[str, ...] = ()
    for rule in rules:
        if _expression(rule.pattern).fullmatch(path):
            owners = rule.owners
    return owners


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    """Return what a pattern matches: paths of files, also those below a folder that it names."""
    is_anchored = "/" in pattern.rstrip("/")
    inner = pattern.strip("/")
    parts = []
    for word in re.findall(r"/\*\*/|\*\*/|/\*\*|\*\*|\*|\?|[^*?/]+|/", inner):
        parts.append(
            {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(
                word, re.escape(word)
            )
        )
    body = "".join(parts)
    if pattern.endswith("/"):
        tail = "/.*"
    elif inner.endswith("/*"):
        tail = ""
    else:
        tail = "(?:/.*)?"
    return re.compile(("" if is_anchored else "(?:.*/)?") + body + tail)
