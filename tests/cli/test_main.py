"""The command line: every command found, mistakes in one line, exit codes."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enerqis.cli import main as cli
from enerqis.cli.console import Console
from enerqis.cli.run import split
from enerqis.core.errors import ConfigError
from enerqis.io.secrets import remember


def test_every_command_has_a_one_line_help() -> None:
    found = cli.commands()
    assert {"run", "resolve", "stage", "lint", "show", "list", "schema"} <= set(found)
    assert all(text.endswith((".", "].")) for text in found.values()), found


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    out = capsys.readouterr().out
    assert all(name in out for name in cli.commands())


def test_help_imports_no_heavy_package() -> None:
    program = (
        "import sys\nfrom enerqis.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted(set(sys.modules) & {'numpy', 'pandas', 'pyarrow', 'pydantic', 'rich', 'hydra', 'yaml', 'numba'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_outside_a_project_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["resolve"]) == cli.EXIT_USER_ERROR
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "enerqis init DIR" in err


def test_an_unknown_command_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["lst"])
    assert "'lst' is no command. Did you mean 'list'? Allowed: " in capsys.readouterr().err


def test_a_reader_that_goes_away_does_not_change_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def say_much(args: object, console: Console) -> int:
        for _ in range(5000):
            console.result("a line of some length, so that the buffer is written out")
        return 4

    monkeypatch.setattr(importlib.import_module("enerqis.cli.list"), "run", say_much)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        assert cli.main(["list"]) == 4


def test_run_takes_one_experiment_and_overrides() -> None:
    assert split(["experiment=a", "cost=none", "strategy.fast_bars=3"]) == ("a", ["cost=none", "strategy.fast_bars=3"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cost=none"], "name one: experiment=NAME"),
        (["experiment=a", "experiment=b"], "name one: experiment=NAME"),
        (["experiment=a,b"], "'a,b' names several. A run, and a sweep, is of one"),
        (["experiment=a", "fast"], r"fast: not an override\. Write key=value"),
        (["goog_sma_cross"], "Did you mean 'experiment=goog_sma_cross'"),
    ],
)
def test_wrong_words_of_run_are_refused(words: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        split(words)


def test_overrides_may_stand_on_both_sides_of_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", "experiment=a", "-m", "fast"]) == 1
    assert "fast: not an override" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["run", "experiment=a", "--multi", "fast", "--never"])


@pytest.mark.parametrize("words", [["--debug", "secrets", "list"], ["secrets", "--debug", "list"]])
def test_what_goes_for_every_command_may_stand_before_it_and_after_it(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_defect_shows_its_traceback_without_the_secrets_in_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    remember("value-in-a-defect")
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    capsys.readouterr()
    try:
        raise RuntimeError("answered value-in-a-defect")
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
    said = capsys.readouterr().err
    assert "RuntimeError: answered [redacted]" in said
    assert said.startswith("Traceback")
