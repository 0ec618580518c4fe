from __future__ import annotations

import json
import sys
from types import ModuleType

import pytest

from enerqis.engines.modules import load
from enerqis.engines.recipes import recall, recipe_path, remember, sources

TEXT = "x = 'recalled'\n"


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A plug-in of a package of its own that imports a helper; both are loaded."""
    for name, text in (
        ("recipes_try.helper", "LEVEL = 1.0\n"),
        ("recipes_try.plugin", "from recipes_try.helper import LEVEL\n"),
    ):
        path = tmp_path / f"{name.rpartition('.')[2]}.py"
        path.write_text(text)
        module = ModuleType(name)
        module.__file__ = str(path)
        monkeypatch.setitem(sys.modules, name, module)
    return "recipes_try.plugin"


def test_a_text_is_recalled_while_its_sources_are_as_they_were(tmp_path, plugin):
    remember(tmp_path, "key", load(TEXT, tmp_path).__name__, [plugin])
    assert recall(tmp_path, "key") == TEXT
    assert recall(tmp_path, "another key") is None


@pytest.mark.parametrize("name", ["plugin", "helper"])
def test_a_changed_source_forgets_the_text(tmp_path, plugin, name):
    remember(tmp_path, "key", load(TEXT, tmp_path).__name__, [plugin])
    (tmp_path / f"{name}.py").write_text("LEVEL = 2.0\n")
    assert recall(tmp_path, "key") is None


def test_the_generator_and_what_it_imports_are_sources(plugin):
    found = sources([plugin])
    assert {"enerqis.engines.loop", "enerqis.engines.inlining", "recipes_try.plugin", "recipes_try.helper"} <= set(
        found
    )
    assert not any(name.partition(".")[0] == "numpy" for name in found)


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"module": "../../etc/passwd", "sources": {}})])
def test_a_recipe_that_is_none_is_not_followed(tmp_path, content):
    recipe_path(tmp_path, "key").write_text(content)
    assert recall(tmp_path, "key") is None


def test_where_the_folder_is_gone_nothing_is_remembered(tmp_path, plugin):
    module = load(TEXT, tmp_path).__name__
    remember(tmp_path / "gone", "key", module, [plugin])
    assert not (tmp_path / "gone").exists()
    assert recall(tmp_path / "gone", "key") is None
