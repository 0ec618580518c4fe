"""Secrets in one file, each encrypted by a data key of its own (AES-256-GCM), which a key of AWS KMS encrypts and opens.

Name, version and instant are bound to the value as additional data, and to the data key as KMS's encryption context: what is
moved to another name, or has its instant changed, does not open. A reader calls the service once a secret.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from enerqis.core.clock import utc_now
from enerqis.core.errors import SetupError
from enerqis.io.project import Project
from enerqis.spec.secrets import KmsBackend
from enerqis.vaults.backend import NEVER_WRITTEN, Entry, Stored, missing, missing_version, overtaken
from enerqis.vaults.kms_key import KmsKey
from enerqis.vaults.sealed_file import SealedFile

FORMAT = "enerqis/kms/1"
NONCE_BYTES = 12
"""Of AES-GCM; a data key encrypts one value only, so that no nonce meets its key twice."""


class Envelope(TypedDict):
    """One encrypted secret; bytes in base64."""

    version: int
    written_at: str
    data_key: str
    nonce: str
    ciphertext: str


class Kms:
    """A file of envelopes.

    Parameters
    ----------
    spec : KmsBackend
    project : Project
    now : callable
        Gives the instant that a write is stamped with.
    """

    def __init__(self, spec: KmsBackend, project: Project, *, now: Callable[[], datetime] = utc_now) -> None:
        self._file = SealedFile(project, spec.file)
        self._key = KmsKey(spec)
        self._now = now
        self.place = spec.file

    def get(self, name: str, *, version: int | None = None) -> Stored:
        """Return the secret; the file keeps the newest version only."""
        envelope = self._envelopes().get(name)
        if envelope is None:
            raise missing(name, self.place)
        if version not in (None, envelope["version"]):
            raise missing_version(
                name, version or 0, self.place, envelope["version"], keeps="the file keeps no older one"
            )
        return Stored(envelope["version"], datetime.fromisoformat(envelope["written_at"]), self._opened(name, envelope))

    def put(self, name: str, value: str, *, after: int | None = None) -> Entry:
        """Write the secret beside the others; two writers take turns, and a killed one leaves the file as it was."""
        with self._file.alone():
            envelopes = self._envelopes()
            newest = envelopes[name]["version"] if name in envelopes else NEVER_WRITTEN
            if after not in (None, newest):
                raise overtaken(name, self.place)
            now = self._now()
            envelopes[name] = self._sealed(name, value, version=newest + 1, written_at=now.isoformat())
            self._write(envelopes)
        return Entry(newest + 1, now)

    def entries(self) -> dict[str, Entry]:
        """Return what the file holds; the service is not asked."""
        return {
            name: Entry(each["version"], datetime.fromisoformat(each["written_at"]))
            for name, each in sorted(self._envelopes().items())
        }

    def ready(self) -> str:
        """Check that the key can be used; the key is its owner's to make."""
        state = self._key.state()
        if state != "Enabled":
            raise SetupError(f"KMS key of {self.place}: its state is {state}. Let its owner enable it.")
        return f"the key of {self.place} is enabled; {len(self._envelopes())} secrets there"

    def rewrap(self) -> int:
        """Open every secret and encrypt it anew under the key as it is configured now; versions and instants stay."""
        with self._file.alone():
            envelopes = {
                name: self._sealed(
                    name, self._opened(name, each), version=each["version"], written_at=each["written_at"]
                )
                for name, each in self._envelopes().items()
            }
            self._write(envelopes)
        return len(envelopes)

    def _sealed(self, name: str, value: str, *, version: int, written_at: str) -> Envelope:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        plain, encrypted = self._key.new_data_key(_context(name))
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = AESGCM(plain).encrypt(nonce, value.encode(), _bound(name, version, written_at))
        texts = [base64.b64encode(each).decode() for each in (encrypted, nonce, ciphertext)]
        return Envelope(version=version, written_at=written_at, data_key=texts[0], nonce=texts[1], ciphertext=texts[2])

    def _opened(self, name: str, envelope: Envelope) -> str:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            encrypted, nonce, ciphertext = (
                base64.b64decode(text, validate=True)
                for text in (envelope["data_key"], envelope["nonce"], envelope["ciphertext"])
            )
            plain = self._key.opened(encrypted, _context(name))
            bound = _bound(name, envelope["version"], envelope["written_at"])
            return AESGCM(plain).decrypt(nonce, ciphertext, bound).decode()
        except (InvalidTag, ValueError):
            raise SetupError(
                f"secret://{name}: {self.place} was changed: the value does not belong to its name, version and instant. Take "
                "the file back from git or a copy; it was not touched."
            ) from None

    def _envelopes(self) -> dict[str, Envelope]:
        """Return what the file holds, encrypted; empty where there is no file.

        Raises
        ------
        SetupError
            If it is not what was written.
        """
        content = self._file.read()
        if not content and not self._file.exists():
            return {}
        try:
            whole = json.loads(content)
            envelopes: dict[str, Envelope] = whole["secrets"]
            is_ours = whole["format"] == FORMAT and all(map(_is_envelope, envelopes.values()))
        except (ValueError, KeyError, TypeError, AttributeError):
            is_ours = False
        if not is_ours:
            raise SetupError(f"{self.place}: corrupt: not a file of {FORMAT}. Take it back from git or a copy.")
        return envelopes

    def _write(self, envelopes: dict[str, Envelope]) -> None:
        whole = {"format": FORMAT, "secrets": envelopes}
        self._file.write((json.dumps(whole, indent=1, sort_keys=True) + "\n").encode())


def _is_envelope(found: object) -> bool:
    """Return whether something has the keys of an envelope, and what each holds is of its type."""
    if not isinstance(found, dict) or found.keys() != Envelope.__annotations__.keys():
        return False
    return all(isinstance(value, int if key == "version" else str) for key, value in found.items())


def _context(name: str) -> dict[str, str]:
    return {"enerqis:secret": name}


def _bound(name: str, version: int, written_at: str) -> bytes:
    """Return what is bound to a value without being secret."""
    return json.dumps([FORMAT, name, version, written_at]).encode()
