from __future__ import annotations

import os
import sys

import pytest

from enerqis.engines import modules
from enerqis.engines.modules import load, module_name, write_once


def test_a_module_is_named_by_its_text_and_the_compiler(monkeypatch):
    assert module_name("x = 1") == module_name("x = 1")
    assert module_name("x = 1") != module_name("x = 2")
    before = module_name("x = 1")
    monkeypatch.setattr(modules, "compiler", lambda: "another numba")
    assert module_name("x = 1") != before


def test_a_module_is_written_once_with_a_fixed_time(tmp_path):
    path = write_once(tmp_path, "one", "x = 1\n")
    assert path.stat().st_mtime == 0
    os.utime(path, (5, 5))
    assert write_once(tmp_path, "one", "x = 1\n").stat().st_mtime == 5
    assert [each.name for each in tmp_path.iterdir()] == ["one.py"]


def test_a_file_cut_short_is_written_again(tmp_path):
    path = tmp_path / "one.py"
    path.write_text("x =")
    assert write_once(tmp_path, "one", "x = 1\n").read_text() == "x = 1\n"


def test_a_module_is_loaded_once_a_process(tmp_path):
    text = "x = [1]\n"
    assert load(text, tmp_path) is load(text, tmp_path)
    assert load(text, tmp_path).x == [1]


def test_a_module_that_cannot_be_loaded_leaves_no_trace(tmp_path):
    text = "raise ValueError('no')\n"
    with pytest.raises(ValueError, match="no"):
        load(text, tmp_path)
    assert module_name(text) not in sys.modules


def test_where_the_folder_cannot_be_written_another_is_used(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    module = load("y = 'elsewhere'\n", blocked)
    assert module.y == "elsewhere"
    assert not str(module.__file__).startswith(str(tmp_path))
