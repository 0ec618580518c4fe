"""From a reference to its value: the project's policy is asked first, then the one backend that is chosen.

One backend answers. There is no falling back to another: a secret that is missing where it should be is an error, and not
a look into the next place.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from enerqis.core.errors import SetupError
from enerqis.io.project import Project
from enerqis.io.secrets import name_of, remember

if TYPE_CHECKING:
    from enerqis.spec.secrets import BackendSpec, SecretsFile
    from enerqis.vaults.backend import Backend

CHOICE = "ENERQIS_SECRETS_BACKEND"
"""Variable that chooses another of the policy's backends on one machine."""

_open: dict[tuple[Project, str], Backend] = {}
"""Backends of this process: logged in once, however many secrets are read."""


def resolve(reference: str, project: Project, *, reader: str) -> str:
    """Return the value of `reference`; use it at once and keep it nowhere.

    Parameters
    ----------
    reference : str
        ``secret://a/b``.
    project : Project
        Its ``.cbr/secrets.yaml`` says where secrets are kept and who may read them.
    reader : str
        Who asks, as the policy calls it, such as ``tracking``.

    Raises
    ------
    SetupError
        If the reference is malformed, the policy does not know it or does not let `reader` read it, or the backend has no
        value; no message holds a value.
    ConfigError
        If the policy breaks its rules.
    """
    from enerqis.vaults.policy_file import FILE, read_policy

    name = name_of(reference)
    policy = read_policy(project)
    if policy is not None:
        rule = policy.secrets.get(name)
        if rule is None:
            raise SetupError(
                f"{reference}: not one of 'secrets' in {FILE}. Declare it there: who reads it, how old it may grow."
            )
        if reader not in rule.readers:
            raise SetupError(
                f"{reference}: '{reader}' may not read it. Its readers are {', '.join(rule.readers)}; {FILE} says so."
            )
    value = backend_of(project, policy).get(name).value
    remember(value)
    return value


def backend_of(project: Project, policy: SecretsFile | None) -> Backend:
    """Return the backend that is chosen, made once a process.

    Raises
    ------
    SetupError
        If ``ENERQIS_SECRETS_BACKEND`` names none of the policy's.
    """
    from enerqis.vaults.policy_file import environment_only

    policy = policy or environment_only()
    chosen = chosen_name(policy)
    spec = policy.backends[chosen]
    key = (project, f"{chosen} {spec.model_dump_json()} {' '.join(policy.secrets)}")
    if key not in _open:
        _open[key] = opened(spec, project, names=tuple(policy.secrets))
    return _open[key]


def chosen_name(policy: SecretsFile) -> str:
    """Return which of the policy's backends answers here."""
    chosen = os.environ.get(CHOICE) or policy.backend
    if chosen not in policy.backends:
        raise SetupError(
            f"{CHOICE}={chosen}: not one of backends in .cbr/secrets.yaml: {', '.join(sorted(policy.backends))}."
        )
    return chosen


def opened(spec: BackendSpec, project: Project, *, names: tuple[str, ...] = ()) -> Backend:
    """Return the backend of a spec; its vendor is imported when it is first used."""
    from enerqis.spec import secrets as specs

    if isinstance(spec, specs.AgeBackend):
        from enerqis.vaults.age import Age

        return Age(spec, project)
    if isinstance(spec, specs.VaultBackend):
        from enerqis.vaults.vault import Vault

        return Vault(spec, project.root)
    if isinstance(spec, specs.KmsBackend):
        from enerqis.vaults.kms import Kms

        return Kms(spec, project)
    from enerqis.vaults.environment import Environment

    return Environment(names)
