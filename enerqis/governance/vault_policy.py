"""The policy of a Vault or OpenBao in HCL, drawn from the policy of secrets: who reads and who writes which paths."""

from __future__ import annotations

from collections.abc import Iterator

from enerqis.core.errors import SetupError
from enerqis.spec.secrets import SecretsFile, VaultBackend

OWN_TOKEN = ("auth/token/lookup-self", "read"), ("auth/token/renew-self", "update")
"""What a token may do with itself: without it, it cannot be kept alive."""


def vault_policy(policy: SecretsFile, backend: VaultBackend, who: str) -> str:
    """Return the HCL of one reader or owner.

    A reader reads its secrets and what is known of them; an owner also writes new versions. Neither deletes.

    Parameters
    ----------
    policy : SecretsFile
    backend : VaultBackend
        Says mount and prefix.
    who : str
        A name under ``readers``, or the ``owner`` of a secret.

    Raises
    ------
    SetupError
        If the policy knows no such reader or owner.
    """
    owners = {rule.owner for rule in policy.secrets.values()}
    known = sorted(owners | set(policy.readers))
    if who not in known:
        raise SetupError(f"{who}: no reader and no owner in .cbr/secrets.yaml. There are: {', '.join(known)}.")
    paths = dict(_paths(policy, backend, who))
    blocks = [_block(path, *capabilities) for path, capabilities in sorted(paths.items())]
    blocks += [_block(path, capability) for path, capability in OWN_TOKEN]
    return f"# {who}: drawn from .cbr/secrets.yaml by 'enerqis secrets policy {who}'\n" + "".join(blocks)


def _paths(policy: SecretsFile, backend: VaultBackend, who: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each path and what may be done there; `list` of a folder shows names only."""
    for name, rule in policy.secrets.items():
        if who != rule.owner and who not in rule.readers:
            continue
        can_write = ("create", "update") if who == rule.owner else ()
        yield f"{backend.mount}/data/{backend.prefix}/{name}", (*can_write, "read")
        yield f"{backend.mount}/metadata/{backend.prefix}/{name}", ("read",)
        parts = name.split("/")[:-1]
        for depth in range(len(parts) + 1):
            folder = "/".join([backend.prefix, *parts[:depth]])
            yield f"{backend.mount}/metadata/{folder}", ("list",)
            yield f"{backend.mount}/metadata/{folder}/", ("list",)


def _block(path: str, *capabilities: str) -> str:
    listed = ", ".join(f'"{each}"' for each in capabilities)
    return f'path "{path}" {{\n  capabilities = [{listed}]\n}}\n'
