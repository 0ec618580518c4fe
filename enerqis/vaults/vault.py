"""Secrets in a key-value engine (version 2) of HashiCorp Vault or OpenBao; both speak the same words.

A secret ``a/b`` lies at ``MOUNT/data/PREFIX/a/b`` under the key ``value``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from enerqis.core.errors import SetupError
from enerqis.spec.secrets import VaultBackend
from enerqis.vaults.backend import NEVER_WRITTEN, Entry, Stored, missing, missing_version, overtaken
from enerqis.vaults.vault_session import VaultSession

KEY = "value"
CLASH = "check-and-set"
"""Word of the server's refusal where another version came before."""


class Vault:
    """A key-value engine.

    Parameters
    ----------
    spec : VaultBackend
    session : VaultSession, optional
    root : Path
        Of the project.
    """

    def __init__(self, spec: VaultBackend, root: Path, *, session: VaultSession | None = None) -> None:
        self._spec = spec
        self._session = session or VaultSession(spec, root)
        self.place = f"{spec.address} {spec.mount}/{spec.prefix}"

    def get(self, name: str, *, version: int | None = None) -> Stored:
        """Return a version of a secret; the server keeps as many as its engine is set to."""
        with self._session.client(f"reading secret://{name}") as client:
            from hvac.exceptions import InvalidPath

            try:
                data = client.secrets.kv.v2.read_secret_version(
                    self._path(name), version=version, mount_point=self._spec.mount, raise_on_deleted_version=True
                )["data"]
            except InvalidPath:
                raise self._absent(client, name, version) from None
        if not isinstance(data["data"].get(KEY), str):
            raise SetupError(f"secret://{name}: {self.place} holds no text under the key '{KEY}'. Write it anew.")
        known = data["metadata"]
        return Stored(known["version"], _instant(known["created_time"]), data["data"][KEY])

    def put(self, name: str, value: str, *, after: int | None = None) -> Entry:
        """Write a new version, only if nobody writes one between our look and our write."""
        with self._session.client(f"writing secret://{name}") as client:
            from hvac.exceptions import InvalidRequest

            newest = self._newest(client, name)
            if after not in (None, newest):
                raise overtaken(name, self.place)
            try:
                done = client.secrets.kv.v2.create_or_update_secret(
                    self._path(name), {KEY: value}, cas=newest, mount_point=self._spec.mount
                )["data"]
            except InvalidRequest as exc:
                if CLASH in str(exc):
                    raise overtaken(name, self.place) from None
                raise
        return Entry(done["version"], _instant(done["created_time"]))

    def entries(self) -> dict[str, Entry]:
        """Return what lies below the prefix; secrets whose newest version was deleted are left out."""
        with self._session.client("listing secrets") as client:
            names = sorted(self._names(client, ""))
            found = {name: self._metadata(client, name) for name in names}
        return {name: entry for name, entry in found.items() if entry is not None}

    def ready(self) -> str:
        """Check that the server answers and that its engine is there; the engine is the vault owner's to make."""
        with self._session.client("looking at the engine") as client:
            count = len(list(self._names(client, "")))
        return f"{self.place} answers; {count} secrets there"

    def rewrap(self) -> int:
        """Refuse: the server's own keys are its owner's."""
        raise SetupError(f"{self.place}: the vault's own keys are rotated by its owner ('bao operator rotate').")

    def _path(self, name: str) -> str:
        return f"{self._spec.prefix}/{name}" if name else self._spec.prefix

    def _names(self, client: Any, folder: str) -> Iterator[str]:
        """Yield every name below a folder of the prefix."""
        from hvac.exceptions import InvalidPath

        try:
            keys = client.secrets.kv.v2.list_secrets(self._path(folder), mount_point=self._spec.mount)["data"]["keys"]
        except InvalidPath as exc:
            if "no handler for route" in str(exc):
                raise SetupError(
                    f"{self._spec.address}: no engine at '{self._spec.mount}'. Let the vault's owner make it: 'bao secrets "
                    f"enable -path={self._spec.mount} kv-v2'; or mend 'mount' in .cbr/secrets.yaml."
                ) from None
            return
        for key in keys:
            path = f"{folder}/{key}".strip("/")
            if key.endswith("/"):
                yield from self._names(client, path)
            else:
                yield path

    def _metadata(self, client: Any, name: str) -> Entry | None:
        known = client.secrets.kv.v2.read_secret_metadata(self._path(name), mount_point=self._spec.mount)["data"]
        newest = known["versions"].get(str(known["current_version"]))
        if newest is None or newest["deletion_time"] or newest["destroyed"]:
            return None
        return Entry(known["current_version"], _instant(newest["created_time"]))

    def _newest(self, client: Any, name: str) -> int:
        """Return the number of the newest version, deleted ones included."""
        from hvac.exceptions import InvalidPath

        try:
            known = client.secrets.kv.v2.read_secret_metadata(self._path(name), mount_point=self._spec.mount)["data"]
        except InvalidPath:
            return NEVER_WRITTEN
        return int(known["current_version"])

    def _absent(self, client: Any, name: str, version: int | None) -> SetupError:
        newest = self._newest(client, name)
        if version is None or newest == NEVER_WRITTEN:
            return missing(name, self.place)
        return missing_version(name, version, self.place, newest, keeps="older ones may have been deleted")


def _instant(text: str) -> datetime:
    """Return an instant as the server writes it, in nanoseconds, to the microsecond."""
    head, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{head}.{fraction[:6]:0<6}+00:00")
