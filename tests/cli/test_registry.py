"""The commands of the registry on a project that has nothing but one: what they say, what they return, what they refuse."""

import json

import pytest

from enerqis.cli.main import main
from enerqis.pipeline.registering import bring_up_to_date
from tests.governance.ledger_of_states import commit, git, promoted, recorded, repository, thing


@pytest.fixture
def project(tmp_path, monkeypatch):
    project = repository(tmp_path / "desk")
    (project.root / "conf").mkdir()
    (project.root / "params.yaml").write_text("", encoding="utf-8")
    recorded(project, thing("x", "a"), thing("d", "d", "dataset"))
    promoted(project, "x", "a", "research", "candidate")
    bring_up_to_date(project)
    commit(project.root, "record")
    monkeypatch.chdir(project.root)
    return project


def test_the_registry_is_listed_and_one_record_is_shown_as_json(project, capsys):
    assert main(["registry"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split("\t")[:3] for row in rows[1:]] == [
        ["dataset/d", "research", "d" * 12],
        ["experiment/x", "candidate", "a" * 12],
    ]
    assert main(["registry", "show", "x"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "candidate"
    assert main(["registry", "verify", "x"]) == 1
    assert "takes no further word" in capsys.readouterr().err


def test_an_edited_registry_is_found_and_merge_writes_it_from_the_log(project, capsys):
    path = project.root / ".cbr" / "registry.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"candidate"', '"live"'), encoding="utf-8")
    assert main(["registry", "verify"]) == 1
    assert "state is live there and candidate by the audit log" in capsys.readouterr().out
    assert main(["registry", "merge"]) == 0
    assert main(["registry", "verify"]) == 0


def test_a_state_whose_approvals_ended_is_named(project, capsys):
    promoted(project, "x", "a", "candidate", "sandbox", expires="2026-03-02T12:00:00Z")
    bring_up_to_date(project)
    assert main(["registry", "verify"]) == 1
    assert "is sandbox by approvals that ended at 2026-03-02T12:00:00Z" in capsys.readouterr().out


def test_the_audit_log_is_shown_and_verified(project, capsys):
    assert main(["audit", "--last", "1"]) == 0
    assert "promote\texperiment/x" in capsys.readouterr().out
    for none in ("0", "-1"):
        assert main(["audit", "--last", none]) == 1
        assert f"--last {none}: a number of entries, 1 or more" in capsys.readouterr().err
    assert main(["audit", "verify"]) == 0
    assert capsys.readouterr().out.startswith("audit log whole, 2 entries, head ")
    assert main(["audit", "verify", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["entries"], said["faults"], said["notes"]) == (2, [], [])
    assert said["heads"][0]["entries"] == 2


def test_a_log_without_git_says_that_only_its_chain_was_looked_at(project, capsys):
    (project.root / ".git").rename(project.root.parent / "gone")
    assert main(["audit", "verify"]) == 0
    assert "git keeps no history here" in capsys.readouterr().out


def test_a_shallow_clone_says_what_it_cannot_see(project, tmp_path, monkeypatch, capsys):
    promoted(project, "x", "a", "candidate", "sandbox")
    bring_up_to_date(project)
    commit(project.root, "promote")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{project.root}", str(tmp_path / "clone"))
    (tmp_path / "clone" / "conf").mkdir()
    monkeypatch.chdir(tmp_path / "clone")
    assert main(["audit", "verify"]) == 0
    assert "this clone is shallow: entries that older commits held were not looked for" in capsys.readouterr().out


def test_a_demotion_is_written_and_retired_is_the_end(project, capsys):
    assert main(["demote", "x", "--to", "retired", "--reason", "it drifted"]) == 0
    assert capsys.readouterr().out == f"experiment/x@{'a' * 12} is retired\n"
    assert main(["promote", "x"]) == 1
    assert "is retired: there is nothing to promote it to" in capsys.readouterr().err


def test_what_belongs_to_no_promoted_experiment_is_not_promoted(project, capsys):
    assert main(["promote", "dataset/d"]) == 1
    assert "no experiment that it belongs to is candidate" in capsys.readouterr().err


def test_a_dataset_goes_as_far_as_an_experiment_that_rests_on_it(project, capsys):
    recorded(project, thing("y", "b", rests_on=[f"dataset/d@{'d' * 64}"]))
    promoted(project, "y", "b", "research", "candidate")
    bring_up_to_date(project)
    assert main(["promote", "dataset/d"]) == 0
    assert "is candidate" in capsys.readouterr().out
    assert main(["promote", "dataset/d"]) == 1


def test_keys_are_made_outside_and_shown_again(project, capsys):
    file = project.root.parent / "key.pem"
    assert main(["keys", "new", str(file)]) == 0
    made = capsys.readouterr().out
    assert main(["keys", "show", str(file)]) == 0
    assert capsys.readouterr().out == made
    assert main(["keys", "new", "key.pem"]) == 1
    assert "inside the repository" in capsys.readouterr().err
