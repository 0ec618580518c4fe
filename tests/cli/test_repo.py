"""What is drawn from the roadmap: written, fresh, stale, and refused where the files do not fit."""

import shutil
from pathlib import Path

import pytest

from enerqis.cli.main import main
from enerqis.core.errors import DataError
from enerqis.io.project import Project
from enerqis.pipeline.repository import drawn, rules

ROOT = Path(__file__).parents[2]
NEEDED = (".cbr", "docs/repository.md", "docs/roadmap.md", "params.yaml", "dvc.yaml")
DRAWN = [".github/CODEOWNERS", ".github/rulesets/main.json", "docs/repository.md", "docs/roadmap.md"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in (*NEEDED, "conf/config.yaml"):
        source, place = ROOT / name, tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, place)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_shipped_files_are_fresh(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(["repo", "generate", "--check"]) == 0


def test_files_are_written_once_and_then_fresh(project, capsys):
    assert main(["repo", "generate"]) == 0
    assert capsys.readouterr().out.splitlines() == DRAWN[:2]  # the pages were copied fresh
    assert main(["repo", "generate", "--check"]) == 0
    assert main(["repo", "generate"]) == 0
    assert capsys.readouterr().out == ""


def test_another_role_in_the_roadmap_makes_every_file_that_shows_it_stale(project, capsys):
    main(["repo", "generate"])
    roadmap = project / ".cbr/roadmap.yaml"
    text = roadmap.read_text("utf-8")
    at = text.index("name: ingestion")
    roadmap.write_text(
        text[:at]
        + text[at:]
        .replace("responsible: {role: data}", "responsible: {role: ops}", 1)
        .replace("- {role: ops, assigned: true}", "- {role: data, assigned: true}", 1),
        "utf-8",
    )
    assert main(["repo", "generate", "--check"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"{name}: not what .cbr gives. Run 'enerqis repo generate' and commit it."
        for name in DRAWN
        if "ruleset" not in name
    ]
    assert main(["repo", "generate"]) == 0
    assert "/conf/dataset/ @enerqis/governance @enerqis/ops" in (project / DRAWN[0]).read_text("utf-8")


def test_approvers_of_other_roles_than_the_roadmap_grants_are_named(project, capsys):
    main(["repo", "generate"])
    path = project / ".cbr/approvers.yaml"
    path.write_text(path.read_text("utf-8").replace("      - strategies\n", "      - data\n", 1), "utf-8")
    assert main(["repo", "generate", "--check"]) == 1
    assert ".cbr/approvers.yaml: edges.paper.roles: " in capsys.readouterr().err


def test_a_project_without_rules_says_what_is_missing(project, capsys):
    (project / ".cbr/roadmap.yaml").unlink()
    assert main(["repo", "generate"]) == 1
    assert ".cbr/roadmap.yaml: missing" in capsys.readouterr().err


def test_a_page_that_lost_a_block_is_not_written_over(project):
    page = project / "docs/repository.md"
    page.write_text(page.read_text("utf-8").replace("<!-- drawn: rights -->", ""), "utf-8")
    found = Project(project)
    with pytest.raises(DataError, match=r"docs/repository\.md: the blocks .* are reviewers, roles; there have to be"):
        drawn(found, rules(found))


def test_a_governed_page_is_stamped_as_it_is_drawn(project):
    for name in ("acceptance_gates.yaml", "audit_log.json", "registry.json"):
        assert (project / ".cbr" / name).is_file()
    page = project / "docs/roadmap.md"
    page.write_bytes(page.read_bytes().replace(b"# Roadmap", b"# Road map"))
    assert main(["repo", "generate"]) == 0
    assert main(["meta", "verify", str(page)]) == 0
    assert page.read_text("utf-8").startswith("# ERQ-META-BEGIN\n")
