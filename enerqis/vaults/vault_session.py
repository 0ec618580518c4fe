"""Being logged in to HashiCorp Vault or OpenBao: by token or AppRole, renewed before it ends, and what its refusals mean.

This and `vault` are the door to hvac.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.core.errors import SetupError
from enerqis.io.secrets import redact, remember
from enerqis.spec.secrets import VaultBackend
from enerqis.vaults.backend import extra_missing

if TYPE_CHECKING:
    import hvac
    import requests

TOKEN_VARIABLE = "VAULT_TOKEN"
ROLE_VARIABLE = "ENERQIS_VAULT_ROLE_ID"
SECRET_VARIABLE = "ENERQIS_VAULT_SECRET_ID"
RENEW_BELOW = 1 / 3
"""Share of its time to live that a token may have left before it is renewed."""


class VaultSession:
    """A client that is logged in while it is used.

    Parameters
    ----------
    spec : VaultBackend
    root : Path
        Folder that ``ca_file`` is relative to.
    clock : callable
        Seconds of a clock that only goes forward.
    """

    def __init__(self, spec: VaultBackend, root: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._spec = spec
        self._root = root
        self._clock = clock
        self._client: hvac.Client | None = None
        self._lives_seconds = 0.0
        self._since = 0.0
        self._can_renew = False

    @contextmanager
    def client(self, what: str) -> Iterator[Any]:
        """Yield a client that is logged in; say in the user's words what the server refuses to do with `what`.

        Raises
        ------
        SetupError
            If the server is sealed, does not answer, is not who it should be, or refuses.
        """
        with self._failures_named(what):
            yield self._ready_client()

    def _ready_client(self) -> hvac.Client:
        """Return the client, logged in or renewed where need be."""
        if self._client is None:
            self._client = self._connected()
            self._log_in(self._client)
        elif self._lives_seconds and self._left() < self._lives_seconds * RENEW_BELOW:
            self._renew(self._client)
        return self._client

    def _left(self) -> float:
        """Return how many seconds the token still lives."""
        return self._since + self._lives_seconds - self._clock()

    def _connected(self) -> hvac.Client:
        try:
            import hvac
        except ImportError as exc:
            raise extra_missing("vault", exc) from None
        spec = self._spec
        verify: bool | str = True
        if spec.ca_file is not None:
            if not (self._root / spec.ca_file).is_file():
                raise SetupError(f"{spec.ca_file}: not there. Put the certificate of the vault's own authority there.")
            verify = str(self._root / spec.ca_file)
        return hvac.Client(
            url=spec.address,
            token="",
            verify=verify,
            timeout=spec.timeout_seconds,
            namespace=spec.namespace,
            allow_redirects=False,
            session=_session(spec.address, verify),
        )

    def _log_in(self, client: hvac.Client) -> None:
        """Log in by the way of the spec, and note how long that lasts."""
        if self._spec.auth == "token":
            client.token = _variable(TOKEN_VARIABLE, "a token of the vault")
            remember(client.token)
            found = self._own(client)
            self._note(found["ttl"], can_renew=found.get("renewable", False))
            return
        role, secret = _variable(ROLE_VARIABLE, "the role's id"), _variable(SECRET_VARIABLE, "the role's secret id")
        remember(secret)
        import hvac.exceptions

        try:
            auth = client.auth.approle.login(role, secret, mount_point=self._spec.auth_mount)["auth"]
        except (hvac.exceptions.InvalidRequest, hvac.exceptions.Forbidden) as exc:
            raise SetupError(
                f"{self._spec.address}: refuses the AppRole ({_cause(exc)}). Look at {ROLE_VARIABLE} and {SECRET_VARIABLE}: a "
                "secret id may have been used up or have expired; let the vault's owner issue another."
            ) from None
        remember(client.token)
        self._note(auth["lease_duration"], can_renew=auth["renewable"])

    def _renew(self, client: hvac.Client) -> None:
        """Renew the token; log in again where it cannot be renewed, was taken back or has reached its last hour."""
        import hvac.exceptions

        if self._can_renew and self._left() > 0:
            try:
                auth = client.auth.token.renew_self()["auth"]
            except (hvac.exceptions.Forbidden, hvac.exceptions.InvalidRequest):
                auth = None
            if auth is not None and auth["lease_duration"] > self._lives_seconds * RENEW_BELOW:
                self._note(auth["lease_duration"], can_renew=auth["renewable"])
                return
        self._log_in(client)

    def _note(self, seconds: float, *, can_renew: bool) -> None:
        self._lives_seconds, self._since, self._can_renew = float(seconds), self._clock(), can_renew

    def _own(self, client: hvac.Client) -> dict[str, Any]:
        """Return what the server knows of our token.

        Raises
        ------
        SetupError
            If it knows no such token.
        """
        import hvac.exceptions

        try:
            found: dict[str, Any] = client.auth.token.lookup_self()["data"]
        except hvac.exceptions.Forbidden:
            raise SetupError(
                f"{self._spec.address}: does not know the token (wrong, expired or revoked). Log in again and set "
                f"{TOKEN_VARIABLE}."
            ) from None
        return found

    @contextmanager
    def _failures_named(self, what: str) -> Iterator[None]:
        try:
            import hvac.exceptions as refusals
            import requests.exceptions as network
        except ImportError as exc:
            raise extra_missing("vault", exc) from None
        address = self._spec.address
        try:
            yield
        except refusals.Forbidden as exc:
            raise self._forbidden(what, exc) from None
        except refusals.VaultDown:
            raise SetupError(
                f"{address}: the vault is sealed or starting. Let its owner unseal it ('bao operator unseal' or 'vault "
                "operator unseal'), then run again."
            ) from None
        except refusals.VaultError as exc:
            raise SetupError(f"{address}: {what}: the vault refuses: {_cause(exc)}.") from None
        except (KeyError, TypeError):
            raise SetupError(
                f"{address}: {what}: what answers there is no vault. Look at 'address' in .cbr/secrets.yaml."
            ) from None
        except network.SSLError as exc:
            raise SetupError(
                f"{address}: its certificate is not trusted ({_tls_cause(exc)}). Say the authority's certificate as ca_file of "
                "the backend in .cbr/secrets.yaml; checking is never switched off."
            ) from None
        except network.Timeout:
            raise SetupError(
                f"{address}: no answer within {self._spec.timeout_seconds:g} s. Look whether the vault runs and can be reached "
                "from here."
            ) from None
        except network.RequestException as exc:
            raise SetupError(
                f"{address}: cannot be reached ({_network_cause(exc)}). Look whether the vault runs there, and at 'address' in "
                ".cbr/secrets.yaml."
            ) from None

    def _forbidden(self, what: str, exc: Exception) -> SetupError:
        """Return whether it is the token or what the token may do: the server says 'permission denied' to both."""
        try:
            found = self._own(self._ready_client())
        except SetupError as unknown:
            return unknown
        except Exception:  # it answered a moment ago; whatever this is, the refusal is what counts
            found = {}
        policies = ", ".join(found.get("policies", ())) or "none"
        return SetupError(
            f"{self._spec.address}: {what}: forbidden ({_cause(exc)}). The token holds the policies {policies}; what a reader "
            "needs is said by 'enerqis secrets policy READER'."
        )


def _session(address: str, verify: bool | str) -> requests.Session:
    """Return how the vault is spoken to: in the plain with this machine only, and then past every proxy."""
    import requests

    session = requests.Session()
    session.verify = verify
    session.trust_env = not address.startswith("http://")
    session.hooks["response"].append(_refuse_redirect)
    return session


def _refuse_redirect(answer: requests.Response, *_: object, **__: object) -> None:
    """Refuse to follow a vault to another address, which would be sent the token.

    Raises
    ------
    SetupError
        If the answer is a redirect.
    """
    if answer.is_redirect:
        raise SetupError(
            f"{answer.url.partition('/v1/')[0]}: sends to {answer.headers['location'].partition('/v1/')[0]}; a token is not "
            "sent on. Write the address that answers itself into .cbr/secrets.yaml."
        )


def _variable(name: str, what: str) -> str:
    """Return a credential of the environment.

    Raises
    ------
    SetupError
        If it is not set.
    """
    value = os.environ.get(name, "")
    if not value:
        raise SetupError(f"the environment variable {name} is not set. It holds {what}; set it and run again.")
    return value


def _cause(exc: Exception) -> str:
    return redact(str(exc)).partition("\n")[0].partition(", on ")[0].strip().rstrip(".")


def _tls_cause(exc: Exception) -> str:
    """Return the last words of OpenSSL's sentence."""
    return str(exc).rpartition("[SSL")[2].partition("]")[2].partition(" (_ssl")[0].strip(" :'\")") or "TLS fault"


def _network_cause(exc: Exception) -> str:
    return "connection refused" if "refused" in str(exc) else type(exc).__name__
