"""The registry is what the log says: states, branches that meet, states that contradict, and a file edited by hand."""

import pytest

from enerqis.core.errors import DataError, StageError
from enerqis.governance.audit_log import append, log_path, read_log
from enerqis.governance.registry import PLACE, Key, file_faults, standing, text_of
from enerqis.io.audit_file import Log
from enerqis.io.project import Project
from enerqis.pipeline.registering import bring_up_to_date, demote, find, merge
from tests.governance.ledger_of_states import commit, demoted, git, promoted, recorded, repository, thing


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def _states(project):
    return {str(key)[:14]: record.state for key, record in standing(read_log(project)).records.items()}


def test_what_is_recorded_is_in_research_and_a_promotion_moves_it_one_step(project):
    recorded(project, thing("x", "a"), thing("d", "d", "dataset"))
    entry = promoted(project, "x", "a", "research", "candidate")
    now = standing(read_log(project))
    record = now.records[Key("experiment", "x", "a" * 64)]
    assert (record.state, record.gates, record.entry) == ("candidate", ("g",), entry)
    assert now.records[Key("dataset", "d", "d" * 64)].state == "research"
    assert (now.conflicts, now.faults) == ((), ())


def test_a_new_identity_takes_the_place_of_the_one_in_research_and_of_none_that_went_further(project):
    recorded(project, thing("x", "a"))
    recorded(project, thing("x", "b"))
    assert _states(project) == {"experiment/x@b": "research"}
    promoted(project, "x", "b", "research", "candidate")
    recorded(project, thing("x", "c"))
    assert _states(project) == {"experiment/x@b": "candidate", "experiment/x@c": "research"}


def test_recording_what_is_known_changes_nothing_of_it(project):
    recorded(project, thing("x", "a"))
    promoted(project, "x", "a", "research", "candidate")
    recorded(project, thing("x", "a"))
    assert _states(project) == {"experiment/x@a": "candidate"}


def test_a_package_enters_the_registry_by_the_entry_of_its_packing(project):
    recorded(project, thing("x", "a"))
    facts = {"file": "x-aaaaaaaaaaaa.zip", "sha256": "c" * 64, "run_id": "a" * 64, "result_sha256": "a" * 64}
    append(project, "package", subject="experiment/x", facts=facts, who="Ada <ada@example.org>")
    record = standing(read_log(project)).records[Key("package", "x-aaaaaaaaaaaa.zip", "c" * 64)]
    assert (record.state, record.rests_on) == ("research", (f"experiment/x@{'a' * 64}",))


def test_a_promotion_may_retire_the_identity_that_it_replaces(project):
    recorded(project, thing("x", "a"))
    for old, new in (("research", "candidate"), ("candidate", "sandbox"), ("sandbox", "paper")):
        promoted(project, "x", "a", old, new)
    recorded(project, thing("x", "b"))
    promoted(project, "x", "b", "research", "candidate")
    promoted(project, "x", "b", "candidate", "sandbox")
    promoted(project, "x", "b", "sandbox", "paper", replaces="a" * 64)
    assert _states(project) == {"experiment/x@a": "retired", "experiment/x@b": "paper"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("research", "sandbox", "not one step below sandbox"),
        ("candidate", "sandbox", "it was research, not one step below sandbox"),
        ("research", "live", "not one step below live"),
    ],
)
def test_a_promotion_that_skips_a_step_is_no_promotion(project, old, new, said):
    recorded(project, thing("x", "a"))
    promoted(project, "x", "a", old, new)
    now = standing(read_log(project))
    assert now.records[Key("experiment", "x", "a" * 64)].state == "research"
    assert said in now.faults[0]


def test_a_promotion_of_what_was_never_recorded_is_none(project):
    promoted(project, "x", "a", "research", "candidate")
    now = standing(read_log(project))
    assert not now.records
    assert "never recorded" in now.faults[0]


def test_what_is_retired_stays_so(project):
    recorded(project, thing("x", "a"))
    demoted(project, "x", "a", "retired")
    promoted(project, "x", "a", "retired", "live")
    assert _states(project) == {"experiment/x@a": "retired"}


def test_a_demotion_needs_a_reason_and_a_lower_state(project):
    recorded(project, thing("x", "a"))
    with pytest.raises(StageError, match="candidate is not below it"):
        demote(project, "x", to="candidate", reason="drift")
    with pytest.raises(StageError, match="needs a reason"):
        demote(project, "x", to="retired", reason=" ")
    assert demote(project, "x", to="retired", reason="drift").state == "retired"


def test_a_thing_is_found_by_name_kind_and_identity(project):
    recorded(project, thing("x", "a"), thing("d", "d", "dataset"))
    promoted(project, "x", "a", "research", "candidate")
    recorded(project, thing("x", "b"))
    now = standing(read_log(project))
    assert find(now, "x").identity == "b" * 64
    assert find(now, "x", most_of="state").identity == "a" * 64
    assert find(now, "experiment/x@aaa").state == "candidate"
    assert find(now, "dataset/d").kind == "dataset"
    with pytest.raises(StageError, match=r"'x' is not in the registry\. It is empty"):
        find(standing(Log()), "x")
    with pytest.raises(StageError, match=r"'dataset/x' is not in the registry.*Did you mean"):
        find(now, "dataset/x")


def test_a_file_that_was_edited_by_hand_is_told_apart_from_the_log_by_field(project):
    recorded(project, thing("x", "a"))
    now = bring_up_to_date(project)
    text = (project.root / PLACE).read_text(encoding="utf-8")
    assert text == text_of(now)
    assert file_faults(text, now) == []
    said = file_faults(text.replace('"state":"research"', '"state":"live"'), now)
    assert said == [
        ".cbr/registry.json: experiment/x@aaaaaaaaaaaa: state is live there and research by the audit log. "
        "'enerqis registry merge' writes it from the log"
    ]
    assert "missing" in file_faults(None, now)[0]
    invented = text.replace('"name":"x"', '"name":"y"')
    assert any("the audit log does not say how" in each for each in file_faults(invented, now))


def _branches(folder, ours, theirs):
    """Return a project whose branch main, with `ours`, has merged the branch other, with `theirs`; by real git."""
    project = repository(folder)
    recorded(project, thing("x", "a"), thing("y", "b"), thing("d", "d", "dataset"))
    bring_up_to_date(project)
    commit(folder, "record")
    git(folder, "checkout", "-qb", "other")
    theirs(project)
    bring_up_to_date(project)
    commit(folder, "theirs")
    git(folder, "checkout", "-q", "main")
    ours(project)
    bring_up_to_date(project)
    commit(folder, "ours")
    git(folder, "merge", "-q", "--no-edit", "other")
    return project


def test_branches_that_move_different_things_are_joined_and_both_moves_stand(tmp_path):
    project = _branches(
        tmp_path,
        lambda project: promoted(project, "x", "a", "research", "candidate"),
        lambda project: promoted(project, "y", "b", "research", "candidate"),
    )
    merged = (tmp_path / PLACE).read_text(encoding="utf-8")
    assert merged.count('"name":"x"') + merged.count('"name":"y"') > 2  # git kept old lines beside new ones
    assert any("stands there twice" in each for each in file_faults(merged, standing(read_log(project))))
    now = merge(project)
    assert [record.state for record in now.records.values()] == ["research", "candidate", "candidate"]
    assert file_faults((tmp_path / PLACE).read_text(encoding="utf-8"), now) == []
    log = read_log(project)
    assert log.faults() == []
    assert [entry.event for entry in log.entries][-1] == "merge"
    assert {end["entries"] for end in log.entries[-1].facts["heads"]} == {2}


def test_either_way_of_merging_gives_the_same_registry(tmp_path):
    moves = (
        lambda project: promoted(project, "x", "a", "research", "candidate"),
        lambda project: promoted(project, "y", "b", "research", "candidate"),
    )
    one = merge(_branches(tmp_path / "one", *moves))
    other = merge(_branches(tmp_path / "other", *reversed(moves)))
    assert text_of(one) == text_of(other)


def test_two_states_of_one_thing_are_refused_by_name_and_a_demotion_settles_them(tmp_path):
    project = _branches(
        tmp_path,
        lambda project: promoted(project, "x", "a", "research", "candidate"),
        lambda project: demoted(project, "x", "a", "retired"),
    )
    with pytest.raises(
        DataError, match=r"x@aaaaaaaaaaaa: two branches put it into different states: candidate and retired"
    ):
        merge(project)
    assert demote(project, "x", to="retired", reason="the other branch was right").state == "retired"
    assert merge(project).conflicts == ()


def test_the_lower_state_counts_until_a_conflict_is_settled(tmp_path):
    def ours(project):
        promoted(project, "x", "a", "research", "candidate")
        promoted(project, "x", "a", "candidate", "sandbox")

    project = _branches(tmp_path, ours, lambda project: promoted(project, "x", "a", "research", "candidate", day=1))
    now = standing(read_log(project))
    assert now.records[Key("experiment", "x", "a" * 64)].state == "candidate"
    assert "candidate and sandbox" in now.conflicts[0]
    demote(project, "x", to="candidate", reason="settle")
    assert standing(read_log(project)).conflicts == ()


def test_two_identities_of_one_name_on_paper_are_refused(tmp_path):
    def both(letter):
        def move(project):
            recorded(project, thing("z", letter))
            for old, new in (("research", "candidate"), ("candidate", "sandbox"), ("sandbox", "paper")):
                promoted(project, "z", letter, old, new)

        return move

    project = _branches(tmp_path, both("e"), both("f"))
    with pytest.raises(DataError, match="experiment/z: 2 identities are paper: eeeeeeeeeeee, ffffffffffff"):
        merge(project)


def test_a_merge_that_dropped_an_entry_is_found_by_its_head(tmp_path):
    project = _branches(
        tmp_path,
        lambda project: promoted(project, "x", "a", "research", "candidate"),
        lambda project: promoted(project, "y", "b", "research", "candidate"),
    )
    lines = log_path(project).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "experiment/y" not in line]
    log_path(project).write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="the log was cut off"):
        merge(project)
