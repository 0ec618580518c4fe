"""A YAML file read as one model, for the few files that are neither composed nor have defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from enerqis.core.errors import ConfigError, Problem

Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path, model: type[Model], *, shown: str) -> Model:
    """Return the content of a YAML file as `model`.

    Parameters
    ----------
    path : Path
    model : type
    shown : str
        The file's name in messages.

    Raises
    ------
    ConfigError
        If it is missing, no YAML or no such model; `enerqis lint` then shows every fault at its line. No cause is chained:
        those of yaml and pydantic quote what stands there, which may be a value that somebody wrote into a wrong place.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return model.model_validate_json(json.dumps(content, default=str))
    except FileNotFoundError:
        raise ConfigError([Problem(shown, "", "missing. 'enerqis init' writes one into a new project.")]) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ConfigError([Problem(shown, "", "not YAML in UTF-8. Run 'enerqis lint'.")]) from None
    except ValidationError as exc:
        raise ConfigError(
            [
                Problem(shown, ".".join(map(str, each["loc"])), f"{each['msg']}. Run 'enerqis lint'.")
                for each in exc.errors(include_url=False, include_input=False)
            ]
        ) from None
