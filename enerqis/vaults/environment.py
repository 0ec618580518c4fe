"""Secrets in the environment of the process: ``secret://a/b`` is ``ENERQIS_SECRET_A_B``. They can be read, not written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from enerqis.core.errors import SetupError
from enerqis.vaults.backend import Entry, Stored

PREFIX = "ENERQIS_SECRET_"


def variable(name: str) -> str:
    """Return the variable that holds the secret `name`."""
    return PREFIX + name.replace("/", "_").upper()


class Environment:
    """Variables of a process.

    Parameters
    ----------
    names : iterable of str
        Names that may be there: a variable alone does not say where its name has its strokes.
    variables : mapping of str to str, optional
        Default: the environment of this process.
    """

    place = "the environment"

    def __init__(self, names: Iterable[str] = (), variables: Mapping[str, str] | None = None) -> None:
        self._names = sorted(names)
        self._variables = os.environ if variables is None else variables

    def get(self, name: str, *, version: int | None = None) -> Stored:
        """Return the value of the variable of `name`; an empty one counts as absent."""
        value = self._variables.get(variable(name), "")
        if not value:
            raise SetupError(f"secret://{name}: no value. Set the environment variable {variable(name)} and run again.")
        if any("\ud800" <= letter <= "\udfff" for letter in value):  # how Python holds a byte that is no UTF-8
            raise SetupError(
                f"secret://{name}: {variable(name)} is not UTF-8. Set it to text, of bytes to their base64."
            )
        if version is not None:
            raise SetupError(f"secret://{name}: the environment keeps no versions. Leave --version out.")
        return Stored(version=0, written_at=None, value=value)

    def put(self, name: str, value: str, *, after: int | None = None) -> Entry:
        """Refuse: what a process writes into its environment ends with it."""
        raise SetupError(
            f"secret://{name}: the environment cannot be written. Set {variable(name)} where your shell, service or CI keeps "
            "its variables, or choose another of backends in .cbr/secrets.yaml with ENERQIS_SECRETS_BACKEND."
        )

    def entries(self) -> dict[str, Entry]:
        """Return the names whose variable is set."""
        return {name: Entry(version=0, written_at=None) for name in self._names if self._variables.get(variable(name))}

    def ready(self) -> str:
        """Say that there is nothing to make."""
        return "the environment needs nothing: set ENERQIS_SECRET_NAME_NAME variables"

    def rewrap(self) -> int:
        """Refuse: nothing is encrypted."""
        raise SetupError(
            "the environment encrypts nothing, so there is no key to change. Rotate the secrets themselves."
        )
