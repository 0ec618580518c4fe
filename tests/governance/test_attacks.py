"""Every way to cheat that docs/registry.md lists is tried for real and refused, with the words of that table."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from enerqis.core.errors import EnerqisError
from enerqis.governance.audit_log import read_log
from enerqis.governance.promoted import told_approvers
from enerqis.governance.registry import standing
from enerqis.io.locks import exclusive
from enerqis.pipeline import api
from enerqis.pipeline.auditing import findings
from enerqis.pipeline.promoting import promote
from enerqis.pipeline.recording import record as record_trials
from enerqis.pipeline.registering import demote, record
from enerqis.pipeline.resolve import resolve
from tests.governance.cheating import AT_LOOSER, AT_PAPER, AT_RESEARCH, AT_SANDBOX, EVERY
from tests.governance.desk import NAME, NOON, copy_of, go, make_desk, sign
from tests.governance.ledger_of_states import commit

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[2] / "docs" / "registry.md"


@pytest.fixture(scope="module")
def at_research(tmp_path_factory):
    return make_desk(tmp_path_factory.mktemp("research"))


@pytest.fixture(scope="module")
def at_sandbox(at_research, tmp_path_factory):
    project = copy_of(at_research, tmp_path_factory.mktemp("sandbox"))
    assert [go(project).state, go(project).state] == ["candidate", "sandbox"]
    sign(project)
    commit(project.root, "sandbox", email="cleo@example.org")
    return project


@pytest.fixture(scope="module")
def at_paper(at_sandbox, tmp_path_factory):
    project = copy_of(at_sandbox, tmp_path_factory.mktemp("paper"))
    record_ = go(project)
    assert (record_.state, record_.expires) == ("paper", "2026-03-16T12:00:00Z")
    commit(project.root, "paper", email="cleo@example.org")
    return project


@pytest.fixture(scope="module")
def at_looser(at_sandbox, tmp_path_factory):
    """The desk after a limit was loosened in a file that the experiment's own choice is built from, and all was run again."""
    project = copy_of(at_sandbox, tmp_path_factory.mktemp("looser"))
    path = project.conf / "risk" / "standard.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("max_drawdown_fraction: 0.5", "max_drawdown_fraction: 0.9"), encoding="utf-8")
    resolve(project)
    api.run(NAME, project=project.root)
    record_trials(project)
    api.run(NAME, project=project.root)
    record(project, when=NOON)
    commit(project.root, "tidy up", email="ada@example.org")
    return project


def _refusal(attack, project):
    with pytest.raises(EnerqisError) as caught:
        attack.attack(project)
    return str(caught.value)


@pytest.mark.parametrize("attack", AT_SANDBOX, ids=lambda attack: attack.way)
def test_an_attack_on_what_is_in_sandbox_is_refused(attack, at_sandbox, tmp_path):
    assert attack.said in _refusal(attack, copy_of(at_sandbox, tmp_path))


@pytest.mark.parametrize("attack", AT_PAPER, ids=lambda attack: attack.way)
def test_an_attack_on_what_is_in_paper_is_refused(attack, at_paper, tmp_path):
    assert attack.said in _refusal(attack, copy_of(at_paper, tmp_path))


@pytest.mark.parametrize("attack", AT_LOOSER, ids=lambda attack: attack.way)
def test_a_looser_limit_is_refused_and_approvals_of_other_runs_do_not_help(attack, at_looser, tmp_path):
    assert attack.said in _refusal(attack, copy_of(at_looser, tmp_path))


@pytest.mark.parametrize("attack", AT_RESEARCH, ids=lambda attack: attack.way)
def test_an_attack_on_packages_and_on_what_the_gates_said_is_refused(attack, at_research, tmp_path):
    assert attack.said in _refusal(attack, copy_of(at_research, tmp_path))


def test_the_honest_way_leads_to_paper_and_live_and_an_approval_is_used_once(at_paper, tmp_path):
    project = copy_of(at_paper, tmp_path)
    assert [each.what for each in findings(project) if each.is_fault] == []
    trail = [each for each in read_log(project).entries if each.event == "promote"][-1].facts["trail"]
    assert trail["lines"] > 10
    said = _refusal_of_live(project)
    assert "entering live needs 2 approvals by ops or governance or master_control; it has 0" in said
    assert "it was used for a promotion before" in said
    sign(project, by="bob", to="live")
    sign(project, by="cleo", to="live")
    assert go(project).state == "live"


def test_a_demotion_during_a_promotion_refuses_it_and_the_log_stays_whole(at_sandbox, tmp_path):
    project = copy_of(at_sandbox, tmp_path)
    told = []

    def demoting(message):
        if not told:
            demote(project, NAME, to="candidate", reason="it drifted", when=NOON)
        told.append(message)

    with pytest.raises(EnerqisError, match=r"changed \(demote experiment/goog_trend by ada.*\) while this was decided"):
        promote(project, NAME, say=demoting, when=NOON)
    assert [each.what for each in findings(project) if each.is_fault] == []
    assert [each.event for each in read_log(project).entries][-1] == "demote"
    assert go(project).state == "sandbox"


def test_a_promotion_that_waited_for_another_does_not_go_a_step_that_nobody_meant(at_sandbox, tmp_path):
    project = copy_of(at_sandbox, tmp_path)
    waits = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with exclusive(project.locks / "promotion.lock", on_wait=lambda _: None):
            second = pool.submit(promote, project, NAME, say=lambda _: waits.set(), when=NOON)
            assert waits.wait(timeout=60)
            demote(project, NAME, to="candidate", reason="it drifted", when=NOON)
        with pytest.raises(
            EnerqisError, match=r"is candidate since this waited; before, experiment/.* was sandbox\. Decide anew"
        ):
            second.result()


def test_rules_of_approval_that_nobody_committed_are_not_told_to_the_log(at_research, tmp_path):
    project = copy_of(at_research, tmp_path)
    path = project.root / ".cbr" / "approvers.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("max_valid_days: 30", "max_valid_days: 20"), encoding="utf-8"
    )
    assert go(project).state == "candidate"
    assert [each.max_valid_days for each in told_approvers(read_log(project))] == [30]


def _refusal_of_live(project):
    with pytest.raises(EnerqisError) as caught:
        go(project)
    return str(caught.value)


def test_a_looser_limit_passes_with_an_approval_that_says_so(at_looser, tmp_path):
    project = copy_of(at_looser, tmp_path)
    with pytest.raises(EnerqisError, match="does not become looser"):
        sign(project, by="cleo", to="candidate", loosens=("risk.leverage",))
    name = "risk.drawdown_halt.max_drawdown_fraction"
    sign(project, by="cleo", to="candidate", loosens=(name,))
    assert go(project).state == "candidate"
    states = {key.identity: each.state for key, each in standing(read_log(project)).records.items() if key.name == NAME}
    assert sorted(states.values()) == ["candidate", "sandbox"]


def test_a_gate_that_asks_lets_through_what_an_approval_overrides_by_name(at_sandbox, tmp_path):
    project = copy_of(at_sandbox, tmp_path)
    gates = project.root / ".cbr" / "acceptance_gates.yaml"
    text = gates.read_text(encoding="utf-8")
    gates.write_text(text.replace("threshold: 0.05\n", "threshold: 0.99\n    severity: asks\n"), encoding="utf-8")
    resolve(project)
    api.run(NAME, project=project.root)
    commit(project.root, "a stricter gate that asks", email="cleo@example.org")
    with pytest.raises(EnerqisError, match=r"overriding gate luck: .* needs 1 approval by governance"):
        go(project)
    with pytest.raises(
        EnerqisError, match=r"overriding gate luck: .* is for governance or master_control: 'bob' cannot"
    ):
        sign(project, by="bob", overrides=("luck",))
    sign(project, by="bob")
    given = sign(project, by="cleo", overrides=("luck",), loosens=("gates.luck.severity",))
    promoted = go(project)
    assert (promoted.state, promoted.gates, promoted.overrides) == ("paper", ("drawdown",), ("luck",))
    entry = read_log(project).entries[-2]
    assert (entry.event, entry.facts["name"], entry.facts["approvals"]) == ("override", "luck", [given.id])
    assert [each.what for each in findings(project) if each.is_fault] == []


def test_the_page_lists_every_attack_with_its_refusal():
    text = PAGE.read_text(encoding="utf-8")
    start, end = "<!-- drawn: attacks -->\n", "<!-- end -->"
    drawn = text.partition(start)[2].partition(end)[0]
    rows = [f"| {each.way} | {each.said} |" for each in EVERY]
    assert drawn == "\n".join(["| attack | the refusal says |", "|---|---|", *rows]) + "\n"
