"""``.cbr/secrets.yaml``: which secrets there are, who may read them, how old they may grow, and where they are kept.

It holds names, addresses and rules, never a value. Nothing in it belongs to the identity of any result.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from enerqis.core.roles import Role
from enerqis.spec.base import Spec

NAME_PATTERN = r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)+$"
"""Name of a secret: what follows ``secret://``."""

SecretName = Annotated[str, Field(pattern=NAME_PATTERN)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Inside = Annotated[str, Field(pattern=r"^\.?[\w-]+(\.[\w-]+)*(/\.?[\w-]+(\.[\w-]+)*)*$")]
"""A path inside the project."""


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _travels_safely(address: str, *, key: str) -> None:
    """Refuse an address by which secrets would travel in the plain; only what stays on this machine may."""
    if address.startswith("http://") and urlsplit(address).hostname not in LOOPBACK:
        raise ValueError(f"{key}: secrets do not travel by plain http. Write https://HOST:PORT.")


class EnvironmentBackend(Spec):
    """Variables of the process: ``secret://a/b`` is ``ENERQIS_SECRET_A_B``."""

    kind: Literal["environment"]


class AgeBackend(Spec):
    """One file encrypted by age for several people; each opens it with an identity of their own."""

    kind: Literal["age"]
    file: Inside = Field(".cbr/secrets.age", description="the encrypted file; may be committed")
    recipients_file: Inside = Field(".cbr/secrets.recipients", description="public keys, one a line, # for comments")


class VaultBackend(Spec):
    """A key-value engine (version 2) of HashiCorp Vault or OpenBao; credentials come from the environment."""

    kind: Literal["vault"]
    address: str = Field(
        pattern=r"^https?://[^/\s@]+$", description="https://HOST:PORT; plain http only to this machine"
    )
    mount: str = Field("secret", pattern=r"^[\w./-]+$", description="where the engine is mounted")
    prefix: str = Field("enerqis", pattern=r"^[\w-]+(/[\w-]+)*$", description="folder of the project's secrets in it")
    auth: Literal["token", "approle"] = Field("approle", description="how to log in")
    auth_mount: str = Field("approle", pattern=r"^[\w./-]+$", description="where AppRole is mounted")
    namespace: str | None = Field(None, description="namespace, where the server has any")
    ca_file: Inside | None = Field(None, description="certificate of the server's own authority; absent: the system's")
    timeout_seconds: float = Field(10.0, gt=0, le=120, description="how long to wait for an answer")

    @model_validator(mode="after")
    def _plain_http_stays_here(self) -> VaultBackend:
        _travels_safely(self.address, key="address")
        return self


class KmsBackend(Spec):
    """One file in which each secret is encrypted by a data key of its own, which AWS KMS encrypts and opens."""

    kind: Literal["kms"]
    key_id: str = Field(min_length=1, description="id, ARN or alias/NAME of the key")
    previous_key_id: str | None = Field(
        None,
        min_length=1,
        description="key before it, until `enerqis secrets rotate --keys` was run; no other key opens a value",
    )
    region: str = Field(pattern=r"^[a-z0-9-]+$", description="such as eu-central-1")
    file: Inside = Field(".cbr/secrets.kms", description="the encrypted file; may be committed")
    endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^/\s@]+$",
        description="another address of the service; plain http only to this machine",
    )
    timeout_seconds: float = Field(10.0, gt=0, le=120, description="how long to wait for an answer")

    @model_validator(mode="after")
    def _plain_http_stays_here(self) -> KmsBackend:
        _travels_safely(self.endpoint or "", key="endpoint")
        return self


BackendSpec = Annotated[
    EnvironmentBackend | AgeBackend | VaultBackend | KmsBackend,
    Field(discriminator="kind"),
]


class SecretRule(Spec):
    """What is held of one secret."""

    purpose: str = Field(min_length=1, description="what it opens")
    owner: Role = Field(description="role that writes and rotates it")
    readers: tuple[Word, ...] = Field(min_length=1, description="who may read it: names under 'readers'")
    max_age_days: int = Field(gt=0, description="older than this, `enerqis secrets check` names it")
    is_required: bool = Field(False, description="whether `enerqis secrets check` asks for a value")
    rotation: str = Field(min_length=1, description="how a new value is made and the old one switched off")


class Allowed(Spec):
    """One finding of the scanner that is no secret, and why."""

    path: Inside = Field(description="the file")
    fingerprint: str = Field(pattern=r"^[0-9a-f]{16}$", description="as the finding says it: of this text and no other")
    reason: str = Field(min_length=10, description="why it is none")


class SecretsFile(Spec):
    """The whole file."""

    format: Literal["enerqis/secrets/1"] = Field(description="what this file is")
    backend: Word = Field(description="which of 'backends' is asked; ENERQIS_SECRETS_BACKEND chooses another of them")
    backends: dict[Word, BackendSpec] = Field(min_length=1, description="where secrets may be kept")
    readers: dict[Word, str] = Field(description="who reads secrets, and what each is")
    secrets: dict[SecretName, SecretRule] = Field(description="every secret by its name")
    allowed: tuple[Allowed, ...] = Field((), description="what the scanner finds and is none")

    @model_validator(mode="after")
    def _hangs_together(self) -> SecretsFile:
        if self.backend not in self.backends:
            raise ValueError(f"backend: '{self.backend}' is not one of backends: {', '.join(sorted(self.backends))}.")
        variables: dict[str, str] = {}
        for name, rule in self.secrets.items():
            unknown = sorted(set(rule.readers) - set(self.readers))
            if unknown:
                raise ValueError(
                    f"secrets.{name}.readers: '{unknown[0]}' is not one of readers: {', '.join(sorted(self.readers))}."
                )
            other = variables.setdefault(name.replace("/", "_"), name)
            if other != name:
                raise ValueError(f"secrets.{name}: has the same variable as '{other}'. Call one of them otherwise.")
        return self
