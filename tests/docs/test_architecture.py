"""The page on architecture says what contracts, groups and files say."""

import importlib.util
from pathlib import Path

from enerqis.core.groups import GROUP_NAMES

ROOT = Path(__file__).parents[2]


def _drawing():
    spec = importlib.util.spec_from_file_location("architecture", ROOT / "docs" / "architecture.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_fresh():
    drawing = _drawing()
    page = drawing.PAGE.read_text("utf-8")
    assert drawing.drawn(page) == page, "run: python docs/architecture.py"


def test_every_package_has_a_purpose():
    drawing = _drawing()
    assert {name for names in drawing.layers() for name in names} <= drawing.PURPOSE.keys()


def test_every_group_serves_a_step_of_the_roadmap():
    named = {name for step in _drawing().STEPS for name in step.groups}
    assert set(GROUP_NAMES) - named == set()
