"""Ed25519 keys and signatures: the one door to ``cryptography``. A private key is a file of its owner, never in the project."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from enerqis.core.errors import SetupError

PrivateKey = Ed25519PrivateKey
"""A person's private key."""

PREFIX = "ed25519:"


def new_key_file(path: Path, *, outside: Path) -> str:
    """Make a pair of keys, write the private one to a new file that only its owner can read, and return the public one.

    Raises
    ------
    SetupError
        If the file would lie in the folder `outside`, exists, or cannot be written.
    """
    _refuse_inside(path, outside)
    private = Ed25519PrivateKey.generate()
    content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as exc:
        raise SetupError(f"{path}: exists; no key is ever written over. Name a new file.") from exc
    except OSError as exc:
        raise SetupError(f"{path}: cannot be written: {exc.strerror}. Name a file in a folder of your own.") from exc
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    return public_text(private)


def load_key(path: Path, *, outside: Path) -> PrivateKey:
    """Return a private key from its file.

    Raises
    ------
    SetupError
        If it is missing, lies in the folder `outside`, can be read by others, or is no Ed25519 key.
    """
    _refuse_inside(path, outside)
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = path.read_bytes()
    except OSError as exc:
        raise SetupError(f"{path}: no private key: {exc.strerror}. 'enerqis keys new FILE' makes one.") from exc
    if mode & 0o077:
        raise SetupError(f"{path}: others can read this private key (mode {mode:04o}). Run 'chmod 600' on it.")
    try:
        found = load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as exc:
        raise SetupError(f"{path}: not a private key in PEM without a password.") from exc
    if not isinstance(found, Ed25519PrivateKey):
        raise SetupError(f"{path}: not an Ed25519 key. 'enerqis keys new FILE' makes one.")
    return found


def sign(key: PrivateKey, message: bytes) -> str:
    """Return the signature of a message, in base64."""
    return base64.b64encode(key.sign(message)).decode()


def is_signed(message: bytes, *, signature: str, key: str) -> bool:
    """Return whether the owner of a public key signed exactly this message."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix(PREFIX), validate=True))
        public.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_text(key: PrivateKey) -> str:
    """Return the public key of a private one, as ``.cbr/approvers.yaml`` writes it."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PREFIX + base64.b64encode(raw).decode()


def _refuse_inside(path: Path, outside: Path) -> None:
    if path.resolve().is_relative_to(outside.resolve()):
        raise SetupError(f"{path}: inside the repository. A private key stays outside of it: name a file elsewhere.")
