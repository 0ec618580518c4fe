"""Requirements files: pins with markers and hashes, as pip reads them. It looks at no environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from enerqis.core.errors import SetupError

FILE = "requirements.txt"
"""Where a project keeps the pins of its environment."""

_CONTINUED = re.compile(r"\\\n")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")
_COMMENT = re.compile(r"(?:^|\s)#.*$")


class Pin(NamedTuple):
    """One distribution at one version."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def need(self) -> Requirement:
        """The pin as a requirement, without its hashes."""
        return Requirement(f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else ""))

    @property
    def is_for_this_system(self) -> bool:
        """Whether the marker holds here; true of a pin that has none."""
        marker = self.need.marker
        return marker is None or marker.evaluate()


def read_pins(path: Path) -> list[Pin]:
    """Return the pins of a requirements file, in its order.

    Raises
    ------
    SetupError
        If the file is missing, is not UTF-8, or a line of it is no pin.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        raise SetupError(f"{path.name} is missing. Pin what the project needs: pip freeze > {path.name}") from exc
    except UnicodeDecodeError as exc:
        raise SetupError(f"{path.name}: not UTF-8 at byte {exc.start}. Make the pins anew.") from exc
    return pins_of(text, path.name)


def pins_of(text: str, name: str = FILE) -> list[Pin]:
    """Return the pins of the content of a requirements file; `name` is what messages call it.

    Raises
    ------
    SetupError
        If a line is no pin of one version.
    """
    pins = []
    for line in _CONTINUED.sub(" ", text).splitlines():
        bare = _COMMENT.sub("", line).strip()
        if bare:
            pins.append(_pin(bare, name))
    return pins


def _pin(line: str, name: str) -> Pin:
    hashes = tuple(sorted(_HASH.findall(line)))
    try:
        need = Requirement(line.split(" --hash=")[0].strip())
    except InvalidRequirement as exc:
        raise SetupError(_refusal(line, name)) from exc
    versions = [each.version for each in need.specifier if each.operator == "=="]
    if len(need.specifier) != 1 or len(versions) != 1 or versions[0].endswith("*"):
        raise SetupError(_refusal(line, name))
    return Pin(canonicalize_name(need.name), versions[0], str(need.marker or ""), hashes)


def _refusal(line: str, name: str) -> str:
    return f"{name}: '{line[:80]}' is no pin. Allowed: NAME==VERSION, a marker and hashes after it, one a line."
