"""Groups, packages, import contracts and conf/ folders say the same."""

import tomllib
from pathlib import Path

import pytest

from enerqis.compose.closure import closure
from enerqis.core.groups import FAMILIES, GROUPS, STAGES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "enerqis"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = {each["id"]: each for each in PYPROJECT["tool"]["importlinter"]["contracts"]}
FLOORS = [{name.strip() for name in layer.split("|")} for layer in CONTRACTS["floors"]["layers"]]

FAMILY_FLOOR = next(floor for floor in FLOORS if "strategies" in floor)
NOT_PLUGINS = {"engines", "tracking"}
"""Packages of groups whose kinds are part of ENERQIS: a project cannot add one."""
NOT_GROUPS = {"experiment"}
"""Folders of conf/ that hold whole specs rather than parts of one."""


def test_every_package_stands_on_one_floor():
    packages = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
    assert packages == sorted(name for floor in FLOORS for name in floor)


def test_every_family_is_a_package_on_the_floor_of_families_or_indicators():
    assert {family for family in FAMILIES if not (PACKAGE / family / "__init__.py").is_file()} == set()
    assert set(FAMILIES) - FAMILY_FLOOR == {"indicators"}
    assert FAMILY_FLOOR - set(FAMILIES) == set()


def test_families_may_not_import_each_other_or_their_siblings():
    independent = {name.removeprefix("enerqis.").removesuffix(".*") for name in CONTRACTS["plugins"]["modules"]}
    assert independent == FAMILY_FLOOR


@pytest.mark.parametrize("group", [group for group in GROUPS if group.package], ids=lambda group: group.name)
def test_a_group_with_code_has_a_package_and_an_interface(group):
    assert group.package in set(FAMILIES) | NOT_PLUGINS
    assert (PACKAGE / group.package / "__init__.py").is_file()
    interface = "engine" if group.package == "engines" else group.name
    if group.package != "tracking":
        assert (PACKAGE / "interfaces" / f"{interface}.py").is_file()


def test_every_family_belongs_to_a_group_indicators_excepted():
    assert set(FAMILIES) - {group.package for group in GROUPS} == {"indicators"}


def test_a_group_is_read_by_stages_that_exist():
    assert {stage for group in GROUPS for stage in group.stages} <= set(STAGES)


def test_a_new_group_changes_the_code_of_no_stage():
    roots = [PACKAGE / "pipeline" / f"{stage}.py" for stage in STAGES if stage != "resolve"]
    assert "enerqis.core.groups" not in closure(roots, ROOT / "plugins")


def test_conf_has_a_folder_for_every_group_and_none_besides():
    folders = {path.name for path in (ROOT / "conf").iterdir() if path.is_dir()}
    assert folders - NOT_GROUPS == {group.name for group in GROUPS}
