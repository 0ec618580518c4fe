"""Reading ``.cbr/secrets.yaml``. A project without one keeps its secrets in the environment and declares none."""

from __future__ import annotations

import json
from pathlib import Path

from enerqis.core.errors import ConfigError, Problem
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
    import yaml
    from pydantic import ValidationError

    path = project.root / FILE
    if not path.is_file():
        return None
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return SecretsFile.model_validate_json(json.dumps(data))
    except yaml.YAMLError as exc:
        raise ConfigError([Problem(f"{FILE}:1:1", "", f"not YAML: {exc}")]) from None
    except (TypeError, UnicodeDecodeError) as exc:
        raise ConfigError([Problem(f"{FILE}:1:1", "", f"cannot be read: {exc}. Quote dates.")]) from None
    except ValidationError as exc:
        found = [(".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, ")) for each in exc.errors()]
        raise ConfigError([Problem(str(FILE), where, message) for where, message in found]) from None


def environment_only() -> SecretsFile:
    """Return the policy of a project that has none."""
    return SecretsFile(
        format="enerqis/secrets/1",
        backend="environment",
        backends={"environment": EnvironmentBackend(kind="environment")},
        readers={},
        secrets={},
    )
