"""The sample's files read with the standard library alone: what the tests hold ingestion against."""

import csv
import gzip
from importlib.util import find_spec
from pathlib import Path

import pytest


def sample_file(package: str, file: str) -> Path:
    """A file inside an installed package; skips where the package is absent."""
    spec = find_spec(package)
    if spec is None:
        pytest.skip(f"the sample's package {package} is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / file


def sample_lines(package: str, file: str) -> list[dict[str, str]]:
    """Rows of a CSV inside an installed package."""
    path = sample_file(package, file)
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(content.decode().splitlines()))
