"""`enerqis new strategy` in a project made by `enerqis init`: what it writes passes as it is."""

import subprocess
import sys

import pytest

from enerqis.cli.main import main


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    assert main(["--quiet", "init", str(folder)]) == 0
    monkeypatch.chdir(folder)
    return folder


def test_the_three_files_pass_lint_laws_and_pytest(project, capsys):
    assert main(["new", "strategy", "slow_drift"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [
        "plugins/strategies/slow_drift.py",
        "conf/strategy/slow_drift.yaml",
        "tests/strategies/test_slow_drift.py",
    ]
    assert "schemas/strategy.schema.json" in said[3:]
    assert main(["lint", "conf/strategy"]) == 0
    assert main(["schema", "--check"]) == 0
    assert main(["test", "--laws-only"]) == 0
    command = [sys.executable, "-m", "pytest", "-q", "tests/strategies/test_slow_drift.py"]
    assert subprocess.run(command, cwd=project, check=False).returncode == 0


def test_a_bad_name_is_one_message_and_exit_code_one(project, capsys):
    assert main(["new", "strategy", "Slow-Drift"]) == 1
    assert "'Slow-Drift' cannot be the name of a strategy" in capsys.readouterr().err
