"""YAML read the one way that composing reads it: dates stay text, ``1e-3`` is a number, a key stands once."""

from __future__ import annotations

import re
from typing import Any

import yaml

TIMESTAMP = "tag:yaml.org,2002:timestamp"
FLOAT = "tag:yaml.org,2002:float"
EXPONENT = re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$")


class _Loader(yaml.SafeLoader):
    """YAML 1.1 without dates, with exponents as YAML 1.2 has them."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(FLOAT, EXPONENT, list("-+0123456789"))


def load_text(text: str) -> Any:
    """Return the plain data of a YAML text.

    Raises
    ------
    yaml.YAMLError
        If it is not YAML.
    """
    return yaml.load(text, Loader=_Loader)  # a SafeLoader: it constructs plain data only
