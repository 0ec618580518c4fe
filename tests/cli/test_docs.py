from enerqis.cli.main import main
from tests.compose.small_project import write, write_project


def test_pages_are_written_and_then_fresh_and_a_stale_or_stray_one_is_named(tmp_path, monkeypatch, capsys):
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["docs"]) == 0
    written = capsys.readouterr().out.splitlines()
    assert "docs/strategies/drift.md" in written
    assert main(["docs", "--check"]) == 0
    write(tmp_path, "docs/strategies/drift.md", "# other\n")
    write(tmp_path, "docs/strategies/stray.md", "# stray\n")
    assert main(["docs", "--check"]) == 1
    advice = "not what the code and the YAML give. Run 'enerqis docs' and commit it."
    assert capsys.readouterr().err.splitlines() == [
        f"docs/strategies/drift.md: {advice}",
        f"docs/strategies/stray.md: {advice}",
    ]
