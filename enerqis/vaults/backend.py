"""What a place that keeps secrets must be able to do, and the few words all of them say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from enerqis.core.errors import SetupError

NEVER_WRITTEN = 0
"""Version of a secret that is not there."""


@dataclass(frozen=True)
class Entry:
    """What is known of a stored secret without its value.

    Parameters
    ----------
    version : int
        Counted from 1; 0 where the place counts none.
    written_at : datetime or None
        UTC; None where the place does not keep it.
    """

    version: int
    written_at: datetime | None


@dataclass(frozen=True)
class Stored(Entry):
    """A secret with its value, which no representation shows."""

    value: str = field(repr=False)


class Backend(Protocol):
    """One place that keeps secrets; every method raises `SetupError` in the user's words."""

    @property
    def place(self) -> str:
        """Where it is, for messages: an address, a file."""

    def get(self, name: str, *, version: int | None = None) -> Stored:
        """Return a secret, the newest version unless another is asked for."""

    def put(self, name: str, value: str, *, after: int | None = None) -> Entry:
        """Write a new version; with `after`, only if that is the newest one now."""

    def entries(self) -> dict[str, Entry]:
        """Return what is there, by name, sorted; no value is read."""

    def ready(self) -> str:
        """Make what is missing for the first secret, check that the place answers, and say what was done."""

    def rewrap(self) -> int:
        """Encrypt everything anew under the keys as they are configured now; return how many secrets."""


def missing(name: str, place: str) -> SetupError:
    """Return the error of a secret that is not there."""
    return SetupError(
        f"secret://{name}: no value in {place}. Write it with 'enerqis secrets put {name}', or see what is there with "
        "'enerqis secrets list'."
    )


def missing_version(name: str, version: int, place: str, newest: int, *, keeps: str) -> SetupError:
    """Return the error of a version that is not there (any more)."""
    return SetupError(
        f"secret://{name}: version {version} is not in {place}; the newest is {newest}, and {keeps}. "
        "Leave --version out for the newest."
    )


def overtaken(name: str, place: str) -> SetupError:
    """Return the error of a write that another one came before."""
    return SetupError(
        f"secret://{name}: somebody else wrote it in {place} at the same time; theirs stands and yours was not written. "
        "Look at it, then write again."
    )


def extra_missing(kind: str, exc: ImportError) -> SetupError:
    """Return the error of a vendor that is not installed."""
    return SetupError(
        f"secrets backend '{kind}': {exc.name or exc} is not installed. It comes with the extra 'vault': "
        "pip install 'enerqis[vault]'."
    )
