"""The pins: complete, hashed, without addresses, and in step with pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUN_TIME = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"]["sample"]]
DEVELOPMENT = PYPROJECT["dependency-groups"]["dev"]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)


def _pins(name):
    return {
        canonicalize_name(match["name"]): match["version"] for match in PIN.finditer((ROOT / name).read_text("utf-8"))
    }


@pytest.mark.parametrize(("name", "asked"), [("requirements.txt", RUN_TIME), ("requirements-dev.txt", DEVELOPMENT)])
def test_every_dependency_is_pinned_to_a_version_that_pyproject_allows(name, asked):
    pins = _pins(name)
    wrong = [
        text for text in asked if pins.get(canonicalize_name((r := Requirement(text)).name), "") not in r.specifier
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_hashes_and_no_file_names_an_address(name):
    text = (ROOT / name).read_text("utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    assert [block.split()[0] for block in blocks if PIN.match(block) and "--hash=sha256:" not in block] == []
    assert re.findall(r"^--.*|https?://\S+", text, flags=re.MULTILINE) == []


def test_both_files_agree_on_what_they_share():
    run_time, development = _pins("requirements.txt"), _pins("requirements-dev.txt")
    shared = run_time.keys() & development.keys()
    assert {name for name in shared if run_time[name] != development[name]} == set()


def test_no_dependency_is_under_the_agpl():
    assert {"backtesting", "vectorbt"} & (
        _pins("requirements.txt").keys() | _pins("requirements-dev.txt").keys()
    ) == set()
