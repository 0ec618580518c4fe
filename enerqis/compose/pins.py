"""Pins: the distributions that ENERQIS needs in this environment, each with the version that is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DISTRIBUTION = "enerqis"


def installed_pins(root: str = DISTRIBUTION) -> dict[str, str]:
    """Return `root` and everything it needs, by name, with the installed version; sorted by name.

    What is needed only on other systems or only by extras is left out, unless an extra is asked for on the way.
    """
    pins: dict[str, str] = {}
    ahead: list[tuple[str, frozenset[str]]] = [(root, frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while ahead:
        name, extras = step = ahead.pop()
        if step in seen:
            continue
        seen.add(step)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        pins[canonicalize_name(name)] = found.version
        ahead += [_named(need) for need in map(Requirement, found.requires or ()) if _is_needed(need, extras)]
    return dict(sorted(pins.items()))


def pins_text(pins: dict[str, str]) -> str:
    """Return pins as lines that ``pip install -r`` reads."""
    return "".join(f"{name}=={version}\n" for name, version in pins.items())


def _named(need: Requirement) -> tuple[str, frozenset[str]]:
    return canonicalize_name(need.name), frozenset(need.extras)


def _is_needed(need: Requirement, extras: frozenset[str]) -> bool:
    """Return whether a requirement holds here, for any of the extras that were asked for."""
    if need.marker is None:
        return True
    return any(need.marker.evaluate({"extra": extra}) for extra in (extras or {""}))
