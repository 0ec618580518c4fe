"""Secrets in one file encrypted by age (`pyrage`): as many people as have a recipient in it, each with an own identity.

The file may be committed: without an identity it tells its size and nothing else. An identity is a file of age's own format
outside the project, named by ``ENERQIS_AGE_IDENTITY_FILE``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from enerqis.core.clock import utc_now
from enerqis.core.errors import SetupError
from enerqis.io.atomic import write_bytes, write_text
from enerqis.io.project import Project
from enerqis.spec.secrets import AgeBackend
from enerqis.vaults.backend import (
    NEVER_WRITTEN,
    Entry,
    Stored,
    extra_missing,
    missing,
    missing_version,
    overtaken,
)
from enerqis.vaults.sealed_file import MODE, SealedFile, refuse_if_open

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

IDENTITY_VARIABLE = "ENERQIS_AGE_IDENTITY_FILE"
DEFAULT_IDENTITY = "~/.config/enerqis/identity.txt"
NO_IDENTITY = "No matching keys found"
"""What age says where the header is whole and was made for others."""


class Line(TypedDict):
    """One secret in the decrypted document."""

    value: str
    version: int
    written_at: str


Document = dict[str, Line]


class Age:
    """A file encrypted by age.

    Parameters
    ----------
    spec : AgeBackend
    project : Project
        Holds the file and the list of recipients.
    now : callable
        Gives the instant that a write is stamped with.
    """

    def __init__(self, spec: AgeBackend, project: Project, *, now: Callable[[], datetime] = utc_now) -> None:
        self._file = SealedFile(project, spec.file)
        self._recipients_file = project.root / spec.recipients_file
        self._shown_recipients = spec.recipients_file
        self._now = now
        self.place = spec.file

    def get(self, name: str, *, version: int | None = None) -> Stored:
        """Return the secret; the file keeps the newest version only."""
        line = self._document().get(name)
        if line is None:
            raise missing(name, self.place)
        if version not in (None, line["version"]):
            raise missing_version(
                name, version or 0, self.place, line["version"], keeps="an age file keeps no older one"
            )
        return Stored(line["version"], datetime.fromisoformat(line["written_at"]), line["value"])

    def put(self, name: str, value: str, *, after: int | None = None) -> Entry:
        """Write the secret beside the others; two writers take turns, and a killed one leaves the file as it was."""
        with self._file.alone():
            document = self._document()
            newest = document[name]["version"] if name in document else NEVER_WRITTEN
            if after not in (None, newest):
                raise overtaken(name, self.place)
            now = self._now()
            document[name] = {"value": value, "version": newest + 1, "written_at": now.isoformat()}
            self._write(document)
        return Entry(newest + 1, now)

    def entries(self) -> dict[str, Entry]:
        """Return what the file holds, without values."""
        return {
            name: Entry(line["version"], datetime.fromisoformat(line["written_at"]))
            for name, line in sorted(self._document().items())
        }

    def ready(self) -> str:
        """Make an identity where there is none, add its recipient to the list, and write an empty file."""
        said = []
        identity = identity_path()
        if not identity.exists():
            _make_identity(identity)
            said.append(f"made {identity}; keep a copy where you keep keys: without it the file cannot be read")
        recipients = {str(each.to_public()) for each in self._identities()}
        listed = {str(each) for each in self._recipients()} if self._recipients_file.exists() else set()
        if not listed:
            text = "# who can open the encrypted secrets: public keys, one a line\n"
            write_text(self._recipients_file, text + "".join(f"{each}\n" for each in sorted(recipients)))
            said.append(f"wrote {self._shown_recipients}")
        elif not recipients & listed:
            raise SetupError(
                f"{self._shown_recipients}: does not name you. Let somebody who can open {self.place} add the line "
                f"{min(recipients)} and run 'enerqis secrets rotate --keys'."
            )
        if not self._file.exists():
            with self._file.alone():
                self._write({})
            said.append(f"wrote {self.place}, empty")
        self._document()
        return "; ".join(said) or f"{self.place} opens"

    def rewrap(self) -> int:
        """Encrypt the file for the recipients listed now."""
        with self._file.alone():
            document = self._document()
            self._write(document)
        return len(document)

    def _document(self) -> Document:
        """Return the decrypted document; empty where there is no file.

        Raises
        ------
        SetupError
            If it cannot be opened: other identity, cut off or changed.
        """
        content = self._file.read()
        if not content:
            if self._file.exists():
                raise SetupError(self._broken("it is empty"))
            return {}
        identities = self._identities()
        import pyrage

        try:
            document: Document = json.loads(pyrage.decrypt(content, identities))
        except pyrage.DecryptError as exc:
            if str(exc) == NO_IDENTITY:
                raise SetupError(
                    f"{self.place}: none of the identities in {identity_path()} opens it (wrong identity, or its header was "
                    f"changed). Point {IDENTITY_VARIABLE} at yours, or let somebody who can open it add your recipient to "
                    f"{self._shown_recipients} and run 'enerqis secrets rotate --keys'."
                ) from None
            raise SetupError(self._broken(str(exc))) from None
        except ValueError:
            raise SetupError(self._broken("what it holds is not ours")) from None
        if not _is_document(document):
            raise SetupError(self._broken("what it holds is not ours"))
        return document

    def _broken(self, why: str) -> str:
        return (
            f"{self.place}: corrupt ({why}): cut off or changed. Take it back from git or a copy; it was not touched."
        )

    def _write(self, document: Document) -> None:
        import pyrage

        recipients = self._recipients()
        if not {str(each.to_public()) for each in self._identities()} & {str(each) for each in recipients}:
            raise SetupError(
                f"{self._shown_recipients}: does not name you, so that you could not open {self.place} again. Nothing was "
                "written; let somebody whom it names do this."
            )
        content = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
        self._file.write(pyrage.encrypt(content, recipients))

    def _recipients(self) -> list[Recipient]:
        """Return the recipients of the list.

        Raises
        ------
        SetupError
            If the list is missing, empty or has a line that is no recipient.
        """
        x25519 = _x25519()
        try:
            lines = _lines(self._recipients_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SetupError(f"{self._shown_recipients}: not there. Make it with 'enerqis secrets init'.") from None
        found = []
        for number, line in lines:
            try:
                found.append(x25519.Recipient.from_str(line))
            except Exception as exc:  # pyrage's errors have no common root
                raise SetupError(
                    f"{self._shown_recipients}:{number}:1: no recipient of age ({exc}). Allowed: age1..., one a line."
                ) from None
        if not found:
            raise SetupError(f"{self._shown_recipients}: names nobody. Add a line age1... for each who may read.")
        return found

    def _identities(self) -> list[Identity]:
        """Return the identities of this person.

        Raises
        ------
        SetupError
            If the file is missing, open to others or holds no identity.
        """
        x25519, path = _x25519(), identity_path()
        try:
            refuse_if_open(path)
            lines = _lines(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SetupError(
                f"{path}: no identity of age there. Make one with 'enerqis secrets init', or point "
                f"{IDENTITY_VARIABLE} at yours."
            ) from None
        except (OSError, UnicodeDecodeError) as exc:
            raise SetupError(f"{path}: cannot be read as an identity of age: {exc}.") from None
        try:
            found = [x25519.Identity.from_str(line) for _, line in lines]
        except Exception:  # pyrage's errors have no common root; its text may quote the key
            found = []
        if not found:
            raise SetupError(f"{path}: holds no identity of age, or a line that is none. Allowed: one identity a line.")
        return found


def _is_document(found: object) -> bool:
    """Return whether something is what `_write` wrote: whoever knows a recipient can encrypt anything for them."""
    return isinstance(found, dict) and all(
        isinstance(line, dict)
        and line.keys() == Line.__annotations__.keys()
        and (type(line["value"]), type(line["version"]), type(line["written_at"])) == (str, int, str)
        for line in found.values()
    )


def identity_path() -> Path:
    """Return where this person's identities lie."""
    return Path(os.environ.get(IDENTITY_VARIABLE) or DEFAULT_IDENTITY).expanduser()


def _x25519() -> Any:
    """Import the vendor."""
    try:
        import pyrage
    except ImportError as exc:
        raise extra_missing("age", exc) from None
    return pyrage.x25519


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that are no comment, with their numbers."""
    stripped = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    return [(number, line) for number, line in stripped if line and not line.startswith("#")]


def _make_identity(path: Path) -> None:
    identity = _x25519().Identity.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_bytes(path, f"# public key: {identity.to_public()}\n{identity}\n".encode(), mode=MODE)
