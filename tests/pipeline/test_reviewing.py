"""Real commits of a small project, each side resolved in its own process."""

import json
import os

import pytest

from enerqis.cli.main import main
from enerqis.core.errors import SetupError
from tests.pipeline.review_repo import make_review_repo, run_script


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_review_repo(tmp_path_factory.mktemp("reviewing") / "project")


@pytest.fixture
def repo(made):
    yield made
    made.back()


def test_a_comment_changes_nothing_and_a_side_is_resolved_once(repo):
    repo.edit("conf/risk/standard.yaml", "stop_loss:", "stop_loss: # a comment")
    found, said = repo.review()
    assert (found.exit_code, found.experiments) == (0, ())
    assert [each.stage for each in found.reruns] == ["resolve"]
    assert found.owners == {"@risk-team": ["conf/risk/standard.yaml"]}
    assert repo.review()[1] == []
    assert "resolving working tree" in said


def test_a_limit_that_a_shared_profile_loosens_is_named_with_its_place_and_its_owner(repo, monkeypatch, capsys):
    repo.edit("conf/risk/standard.yaml", "  max_drawdown_fraction: 0.5", "  max_drawdown_fraction: 0.6")
    repo.git("commit", "-qam", "wider")
    repo.git("branch", "-f", "wider")
    monkeypatch.chdir(repo.root)
    assert main(["diff", "main~1", "wider", "--format", "json"]) == 4
    found = json.loads(capsys.readouterr().out)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    (experiment,) = found["experiments"]
    (limit,) = experiment["limits"]
    assert (limit["key"], limit["old"], limit["new"]) == ("risk.drawdown_halt.max_drawdown_fraction", 0.5, 0.6)
    assert (limit["direction"], limit["origin"]) == ("looser", "conf/risk/standard.yaml:17:26")
    assert found["loosenings"][0]["owners"] == ["@risk-team"]
    assert experiment["stages"] == [
        f"{stage}@btc_donchian_breakout" for stage in ("backtest", "validate", "parity", "report", "gate")
    ]
    assert experiment["figures"]["is_new_current"] is False


def test_a_lower_cost_is_said_and_asks_for_nobody(repo, monkeypatch, capsys):
    repo.edit("conf/cost/crypto_taker.yaml", "commission_bps: 10", "commission_bps: 5")
    monkeypatch.chdir(repo.root)
    assert main(["diff", "main"]) == 4
    said = capsys.readouterr().out
    assert "verdict: 1 loosening of costs or fills; 1 experiment" in said
    assert "costs or fills loosen, which flatters results; needs no approval of its own:" in said
    assert "cost.commission.commission_bps: 10.0 bps -> 5.0 bps [looser: loosens downwards]" in said
    assert "nobody owns it" not in said


def test_another_name_for_an_experiment_does_not_hide_what_loosens(repo):
    repo.git("mv", "conf/experiment/btc_donchian_breakout.yaml", "conf/experiment/btc_new.yaml")
    repo.edit("params.yaml", "btc_donchian_breakout", "btc_new")
    repo.edit("conf/experiment/btc_new.yaml", "override /risk: standard", "override /risk: none")
    found, _ = repo.review()
    (review,) = found.experiments
    assert (review.status, review.old_name, review.name) == ("renamed", "btc_donchian_breakout", "btc_new")
    assert {each.direction for each in review.limits} == {"looser"}
    assert {each.key for each in review.limits} >= {"risk.stop_loss", "risk.drawdown_halt"}


def test_a_new_experiment_is_held_against_those_beside_which_it_stands(repo):
    text = (repo.root / "conf/experiment/btc_donchian_breakout.yaml").read_text()
    text = text.replace("override /risk: standard", "override /risk: none") + "strategy:\n  entry_bars: 21\n"
    (repo.root / "conf/experiment/btc_wider.yaml").write_text(text)
    repo.edit("params.yaml", "sweeps:", "  btc_wider: {dataset: btc_daily, set: {}}\nsweeps:")
    found, _ = repo.review()
    (review,) = found.experiments
    assert (review.name, review.status, found.exit_code) == ("btc_wider", "added", 4)
    said = {each.key: (each.why, each.beside) for each in review.limits}
    assert said["risk.drawdown_halt"] == ("switched off", "btc_donchian_breakout")
    assert said["risk"] == ("it is new and no limit is on", "")
    assert {each.direction for each in review.limits} == {"looser", "untold"}


def test_a_lowered_gate_is_seen_and_reruns_the_gate_stage_alone(repo):
    repo.edit(".cbr/acceptance_gates.yaml", "threshold: 0.95", "threshold: 0.9")
    found, _ = repo.review()
    assert [(each.gate, each.direction) for each in found.gates] == [("deflated_sharpe", "looser")]
    assert found.loosenings[0].owners == ("@governance",)
    assert found.exit_code == 4
    assert [(each.values, each.limits, each.stages) for each in found.experiments] == [
        ((), (), ("gate@btc_donchian_breakout",))
    ]


def test_fewer_approvals_need_a_named_owner(repo):
    repo.edit(".cbr/approvers.yaml", "approvals: 2", "approvals: 1")
    found, _ = repo.review()
    assert [(each.key, each.old, each.new) for each in found.rules] == [("edges.live.approvals", 2, 1)]
    assert [(each.what, each.owners) for each in found.loosenings] == [("rule edges.live.approvals", ("@governance",))]
    assert found.exit_code == 4


def test_the_review_keeps_its_page_and_fails_where_nothing_may_be_merged(repo, tmp_path):
    repo.git("checkout", "-q", "-b", "lower")
    repo.edit(".cbr/acceptance_gates.yaml", "threshold: 0.95", "threshold: 0.9")
    repo.git("commit", "-qam", "lower")
    folder, summary = tmp_path / "review", tmp_path / "summary.md"
    done = run_script("review.sh", "HEAD~1", "HEAD", folder, cwd=repo.root, GITHUB_STEP_SUMMARY=str(summary))
    page = (folder / "review.md").read_text("utf-8")
    assert (done.returncode, (folder / "exit_code").read_text()) == (0, "4\n"), done.stderr
    assert page.startswith("### ⚠️ Config review: 1 loosening;")
    assert summary.read_text("utf-8") == page
    assert sorted(each.name for each in folder.iterdir()) == ["exit_code", "review.md"]
    done = run_script("review.sh", "HEAD~1", "nowhere", folder, cwd=repo.root)
    assert (done.returncode, (folder / "exit_code").read_text()) == (1, "1\n")
    assert "could not be judged" in (folder / "review.md").read_text("utf-8")
    assert "'nowhere' is no revision" in (folder / "review.md").read_text("utf-8")


def test_the_owners_are_those_of_the_old_side(repo):
    repo.edit("conf/risk/standard.yaml", "  max_drawdown_fraction: 0.5", "  max_drawdown_fraction: 0.6")
    (repo.root / "CODEOWNERS").write_text("* @attacker\n")
    found, _ = repo.review()
    assert found.loosenings[0].owners == ("@risk-team",)
    assert "@attacker" not in found.owners


def test_a_side_that_does_not_resolve_says_where(repo):
    repo.edit("conf/risk/standard.yaml", "stop_loss:", "stop_los:")
    found, _ = repo.review()
    assert found.exit_code == 3
    assert any("conf/risk/standard.yaml" in each and "Did you mean 'stop_loss'?" in each for each in found.new_problems)


def test_a_change_that_mends_what_did_not_resolve_is_no_failure(repo):
    repo.edit("conf/risk/standard.yaml", "stop_loss:", "stop_los:")
    repo.git("commit", "-qam", "broken")
    repo.git("branch", "-f", "broken")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    found, _ = repo.review(old="broken")
    assert found.old_problems
    assert not found.new_problems
    assert found.sentence().startswith("working tree resolves, broken (")
    assert found.sentence().endswith("did not (1 problem): mended, and nothing to compare with")
    assert [(each.what, each.owners) for each in found.loosenings] == [
        ("limits of every experiment: what they were is not known", ("@risk-team",))
    ]
    assert found.exit_code == 4


def test_figures_of_an_experiment_that_is_gone_run_track_when_they_are_removed(repo):
    (repo.root / "data/metrics/gone.json").write_text("{}")
    repo.git("add", "-A")
    repo.git("commit", "-qm", "figures of an older experiment")
    repo.git("branch", "-f", "stray")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    found, _ = repo.review(old="stray")
    assert [(each.stage, each.reasons, each.is_certain) for each in found.reruns] == [
        ("track", ("data/metrics",), True)
    ]


def test_a_side_is_resolved_without_secrets_and_away_from_the_users_home(repo, monkeypatch):
    monkeypatch.setenv("ENERQIS_SECRET_BROKER_KEY", "canary")
    monkeypatch.setenv("GITHUB_TOKEN", "canary")
    (repo.root / "plugins" / "risk").mkdir()
    (repo.root / "plugins" / "risk" / "spy.py").write_text(
        '"""Say what it sees."""\nimport os\nraise SystemExit(" ".join([os.environ["HOME"], *sorted(os.environ)]))\n'
    )
    with pytest.raises(SetupError, match="ended without an answer") as seen:
        repo.review()
    assert "PYTHONPATH" in str(seen.value)
    assert "SECRET" not in str(seen.value)
    assert "TOKEN" not in str(seen.value)
    assert os.environ["HOME"] not in str(seen.value).split()


def test_two_experiments_and_two_receipts_are_compared_alike(finished_project, monkeypatch, capsys):
    from enerqis.pipeline import api
    from tests.pipeline.finished import EXPERIMENT

    other = api.run(EXPERIMENT, ["execution.lot_step=10"], project=finished_project.root)
    monkeypatch.chdir(finished_project.root)
    assert main(["diff", other.run_id, EXPERIMENT]) == 0
    said = capsys.readouterr().out
    assert "execution.lot_step: 10.0 -> 1.0" in said
    assert f"backtest@{EXPERIMENT}: engine" in said
    assert main(["diff", EXPERIMENT, EXPERIMENT]) == 0
    assert "changes nothing" in capsys.readouterr().out
