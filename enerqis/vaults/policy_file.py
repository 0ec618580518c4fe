"""Reading ``.cbr/secrets.yaml``. A project without one keeps its secrets in the environment and declares none."""

from __future__ import annotations

from pathlib import Path

from enerqis.io.project import Project
from enerqis.spec.secrets import EnvironmentBackend, SecretsFile

FILE = Path(".cbr/secrets.yaml")


def read_policy(project: Project) -> SecretsFile | None:
    """Return the project's policy; None where it has none.

    Raises
    ------
    ConfigError
        If the file is not YAML or breaks its rules; `enerqis lint` says the lines.
    """
    from enerqis.io.yaml_model import read_yaml

    path = project.root / FILE
    if not path.is_file():
        return None
    return read_yaml(path, SecretsFile, shown=FILE.as_posix())


def environment_only() -> SecretsFile:
    """Return the policy of a project that has none."""
    return SecretsFile(
        format="enerqis/secrets/1",
        backend="environment",
        backends={"environment": EnvironmentBackend(kind="environment")},
        readers={},
        secrets={},
    )
