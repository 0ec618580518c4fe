"""Pins held against what is installed in this environment."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution

from enerqis.io.requirements import Pin


def differing(pins: Iterable[Pin]) -> list[str]:
    """Return one sentence a pin for this system that the environment does not meet, in the order of the pins."""
    return [sentence for pin in pins if pin.is_for_this_system and (sentence := _difference(pin))]


def is_installed(pin: Pin) -> bool:
    """Return whether the distribution is installed, in whichever version."""
    try:
        distribution(pin.name)
    except PackageNotFoundError:
        return False
    return True


def _difference(pin: Pin) -> str:
    try:
        installed = distribution(pin.name).version
    except PackageNotFoundError:
        return f"{pin.name}=={pin.version} is not installed"
    return "" if installed in pin.need.specifier else f"{pin.name} {installed} is installed, {pin.version} is pinned"
