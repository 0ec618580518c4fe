"""A key of AWS KMS (`boto3`): it makes and opens data keys, and what its refusals mean. The door to boto3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from enerqis.core.errors import SetupError
from enerqis.io.secrets import redact
from enerqis.spec.secrets import KmsBackend
from enerqis.vaults.backend import extra_missing

ADVICE: Mapping[str, str] = {
    "DisabledException": "the key is disabled. Let its owner enable it, or choose another key_id",
    "KMSInvalidStateException": "the key cannot be used now (disabled, being deleted or without material). Ask its owner",
    "NotFoundException": "there is no such key in this region. Mend key_id or region in .cbr/secrets.yaml",
    "AccessDeniedException": "you may not use this key. Its policy needs kms:GenerateDataKey to write and kms:Decrypt to read",
    "InvalidCiphertextException": "the data key is not of this key, or it was changed. Take the file back from git",
    "IncorrectKeyException": "the data key was made by another key. Mend key_id in .cbr/secrets.yaml, or name the old key "
    "there as previous_key_id and run 'enerqis secrets rotate --keys'",
    "UnrecognizedClientException": "the credentials are not known. Log in to AWS again",
    "ExpiredTokenException": "the credentials have expired. Log in to AWS again",
    "InvalidSignatureException": "the credentials are wrong. Log in to AWS again",
}
"""What a code of the service means, and what next."""
NOT_OPENED = ("IncorrectKeyException", "AccessDeniedException")
"""Refusals after which the key before is asked."""


class KmsKey:
    """One key of the service.

    Parameters
    ----------
    spec : KmsBackend
        Credentials are found as AWS's own tools find them.
    """

    def __init__(self, spec: KmsBackend) -> None:
        self._spec = spec
        self._made: Any = None

    def new_data_key(self, context: Mapping[str, str]) -> tuple[bytes, bytes]:
        """Return a new data key of 256 bits, plain and encrypted; only the same context opens it."""
        with self._failures_named():
            done = self._client().generate_data_key(
                KeyId=self._spec.key_id, KeySpec="AES_256", EncryptionContext=dict(context)
            )
        return done["Plaintext"], done["CiphertextBlob"]

    def opened(self, data_key: bytes, context: Mapping[str, str]) -> bytes:
        """Return a data key in the plain, opened by the configured key or the one before it: a key of nobody else's choice."""
        with self._failures_named():
            from botocore.exceptions import ClientError

            try:
                done = self._opened_by(self._spec.key_id, data_key, context)
            except ClientError as exc:
                if self._spec.previous_key_id is None or exc.response["Error"]["Code"] not in NOT_OPENED:
                    raise
                done = self._opened_by(self._spec.previous_key_id, data_key, context)
        plain: bytes = done["Plaintext"]
        return plain

    def _opened_by(self, key_id: str, data_key: bytes, context: Mapping[str, str]) -> Any:
        return self._client().decrypt(KeyId=key_id, CiphertextBlob=data_key, EncryptionContext=dict(context))

    def state(self) -> str:
        """Return what the service says of the key, such as ``Enabled``."""
        with self._failures_named():
            return str(self._client().describe_key(KeyId=self._spec.key_id)["KeyMetadata"]["KeyState"])

    def _client(self) -> Any:
        if self._made is None:
            import boto3
            from botocore.config import Config

            seconds = self._spec.timeout_seconds
            is_plain = (self._spec.endpoint or "").startswith("http://")
            config = Config(
                connect_timeout=seconds,
                read_timeout=seconds,
                retries={"max_attempts": 2, "mode": "standard"},
                proxies={} if is_plain else None,  # none: what is not encrypted stays on this machine
            )
            self._made = boto3.session.Session().client(
                "kms", region_name=self._spec.region, endpoint_url=self._spec.endpoint, config=config
            )
        return self._made

    @contextmanager
    def _failures_named(self) -> Iterator[None]:
        """Say the service's refusals in the user's words.

        Raises
        ------
        SetupError
            If it refuses, does not answer, or nobody is logged in.
        """
        try:
            from botocore import exceptions
        except ImportError as exc:
            raise extra_missing("kms", exc) from None
        key = f"KMS key {self._spec.key_id} in {self._spec.region}"
        try:
            yield
        except exceptions.ClientError as exc:
            code = exc.response["Error"]["Code"]
            said = redact(str(exc.response["Error"].get("Message", ""))).rstrip(".")
            cause = ADVICE.get(code, said or "refused; is it KMS that answers there?")
            raise SetupError(f"{key}: {cause} ({code}).") from None
        except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError):
            raise SetupError(
                f"{key}: nobody is logged in to AWS. Set AWS_PROFILE or log in with 'aws sso login'."
            ) from None
        except exceptions.SSLError:
            raise SetupError(
                f"{key}: the certificate of the service is not trusted. Say your authority in AWS_CA_BUNDLE; checking is never "
                "switched off."
            ) from None
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as exc:
            what = "connection refused" if isinstance(exc, exceptions.EndpointConnectionError) else type(exc).__name__
            raise SetupError(
                f"{key}: the service cannot be reached ({what}). Look at your network, and at 'endpoint' in .cbr/secrets.yaml."
            ) from None
        except exceptions.BotoCoreError as exc:
            raise SetupError(f"{key}: {redact(str(exc)).rstrip('.')}.") from None
