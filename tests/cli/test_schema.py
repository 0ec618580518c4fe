from pathlib import Path

import pytest

from enerqis.cli.main import main
from tests.compose.small_project import write, write_project


def test_schemas_are_written_and_then_fresh_and_a_stale_or_stray_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["schema"]) == 0
    assert "schemas/strategy.schema.json" in capsys.readouterr().out.splitlines()
    assert main(["schema", "--check"]) == 0
    write(tmp_path, "schemas/strategy.schema.json", "{}\n")
    write(tmp_path, "schemas/stray.schema.json", "{}\n")
    assert main(["schema", "--check"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "schemas/strategy.schema.json: not what the models give. Run 'enerqis schema' and commit it.",
        "schemas/stray.schema.json: not what the models give. Run 'enerqis schema' and commit it.",
    ]
