"""The shipped roadmap, the roles of its steps, and what files and rights they give."""

import json
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from enerqis.core.roles import ROLES, TITLES
from enerqis.governance.codeowners import codeowners
from enerqis.governance.rights import approval_rights, reviewers, unlike_approvers
from enerqis.governance.roadmap_page import roadmap_page
from enerqis.io.yaml_model import read_yaml
from enerqis.spec.approvers import Approvers
from enerqis.spec.repository import Repository
from enerqis.spec.roadmap import Roadmap

CBR = Path(__file__).parents[2] / ".cbr"
FOUNDERS = {
    "repository": ("devops", "master_control"),
    "secrets": ("infrastructure", "governance"),
    "environment": ("devops", None),
    "ingestion": ("data", None),
    "delivery": ("devops", None),
    "strategies": ("strategies", None),
    "operation": ("ops", None),
}
"""Who is responsible and who approves, where the founders' roadmap names somebody; it names nobody else."""


@pytest.fixture(scope="module")
def roadmap():
    return read_yaml(CBR / "roadmap.yaml", Roadmap, shown="roadmap.yaml")


@pytest.fixture(scope="module")
def repository():
    return read_yaml(CBR / "repository.yaml", Repository, shown="repository.yaml")


def _step(**changes):
    step = {
        "name": "one",
        "title": "One",
        "work": ["do it"],
        "responsible": {"role": "data"},
        "approver": {"role": "governance", "assigned": True},
        "owns": ["conf/", "conf/dataset/"],
        "guards": ["conf/risk/"],
        "grants": ["paper"],
    }
    return step | changes


def _roadmap(*steps, stages=None):
    phase = {"number": "1.1", "title": "First", "deliverable": "All of it", "steps": list(steps)}
    stage = {"number": 1, "title": "Start", "from_month": 0, "to_month": 3, "phases": [phase]}
    return Roadmap.model_validate_json(json.dumps({"format": "enerqis/roadmap/1", "stages": stages or [stage]}))


def test_each_step_has_one_responsible_role_and_another_that_approves(roadmap):
    steps = [step for _, _, step in roadmap.steps()]
    assert len(steps) == 26
    assert all(step.responsible.role in ROLES and step.approver.role in ROLES for step in steps)
    assert [step.name for step in steps if step.responsible.role == step.approver.role] == []


def test_what_the_founders_named_is_kept_and_what_they_left_open_is_marked(roadmap):
    for _, _, step in roadmap.steps():
        responsible, approver = FOUNDERS.get(step.name, (None, None))
        for duty, named in ((step.responsible, responsible), (step.approver, approver)):
            assert duty.assigned == (named is None), step.name
            assert named in (None, duty.role), step.name
        assert all(duty.assigned for duty in (*step.consulted, *step.informed))


def test_the_months_of_the_stages_are_the_founders(roadmap):
    assert [(each.from_month, each.to_month) for each in roadmap.stages] == [
        (0, 3),
        (3, 9),
        (9, 24),
        (24, 36),
        (36, None),
    ]
    assert [phase.number for stage in roadmap.stages for phase in stage.phases] == [
        *("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "4.1", "5.1")
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"approver": None}, "approver"),
        ({"responsible": {"role": "finance"}}, "responsible.role"),
        ({"approver": {"role": "data"}}, "a role has one part in a step; data has two"),
        ({"consulted": [{"role": "governance"}]}, "governance has two"),
        ({"owns": ["/conf/"]}, "owns"),
        ({"guards": ["conf/"]}, "two places have one pattern of files: conf/"),
        ({"grants": ["research"]}, "grants"),
    ],
)
def test_a_step_that_is_not_clear_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said.replace(".", r"\.")):
        _roadmap(_step(**changes))


def test_stages_follow_each_other():
    phase = {"number": "1.1", "title": "First", "deliverable": "All of it", "steps": [_step()]}
    one = {"number": 1, "title": "Start", "from_month": 0, "to_month": 3, "phases": [phase]}
    other = one | {
        "number": 2,
        "from_month": 4,
        "phases": [phase | {"number": "2.1", "steps": [_step(name="two", owns=[], guards=[])]}],
    }
    with pytest.raises(ValidationError, match="stage 2 does not begin in the month in which 1 ends"):
        _roadmap(stages=[one, other])


def test_a_guarded_file_is_reviewed_by_the_approver_alone_and_a_deeper_line_stands_later(repository):
    text = codeowners(_roadmap(_step(owns=["conf/dataset/", "*", "conf/"])), repository)
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        "* @enerqis/governance @enerqis/data",
        "/conf/ @enerqis/governance @enerqis/data",
        "/conf/dataset/ @enerqis/governance @enerqis/data",
        "/conf/risk/ @enerqis/governance",
    ]


def test_a_right_belongs_to_the_approver_of_the_step_that_grants_it():
    other = _step(name="two", owns=[], guards=[], grants=["paper", "live"], approver={"role": "ops"})
    assert approval_rights(_roadmap(_step(), other)) == {
        "paper": ("ops", "governance"),
        "live": ("ops",),
        "loosening": (),
    }


def test_the_shipped_approvers_have_the_rights_that_the_roadmap_gives(roadmap):
    approvers = read_yaml(CBR / "approvers.yaml", Approvers, shown="approvers.yaml")
    assert list(unlike_approvers(roadmap, approvers)) == []
    (said,) = unlike_approvers(
        _roadmap(_step(grants=["live"]), _more("paper"), _more("loosening")), _allowing(approvers)
    )
    assert said.startswith("edges.live.roles: data. By the roadmap it has to be governance")


def _more(right):
    return _step(name=right, owns=[], guards=[], grants=[right], approver={"role": "ops"})


def _allowing(approvers):
    rule = approvers.edges.live.model_copy(update={"roles": ("ops",)})
    edges = approvers.edges.model_copy(update={"paper": rule, "live": rule.model_copy(update={"roles": ("data",)})})
    return approvers.model_copy(update={"edges": edges, "loosening": rule})


def test_money_and_rules_are_guarded(roadmap):
    guarded = {each.pattern: each.roles for each in reviewers(roadmap) if each.is_guarded}
    assert guarded["conf/risk/"] == guarded[".cbr/acceptance_gates.yaml"] == ("governance",)
    assert guarded[".cbr/approvers.yaml"] == guarded[".cbr/roadmap.yaml"] == guarded[".github/"] == ("master_control",)


def test_the_page_says_each_step_and_marks_each_role_that_was_assigned(roadmap):
    page = roadmap_page(roadmap)
    rows = {row[0]: row for line in page.splitlines() if line.startswith("| ") for row in [line[2:-2].split(" | ")]}
    for _, _, step in roadmap.steps():
        row = rows[step.title]
        assert row[2:4] == [
            TITLES[duty.role] + ("*" if duty.assigned else "") for duty in (step.responsible, step.approver)
        ]
    assert "## Stage 5: Scale (month 36 on)" in page


def test_every_role_has_a_title_and_a_team(repository):
    assert set(ROLES) == TITLES.keys() == repository.teams.keys()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"teams": {"data": "data"}}, "no team for devops, infrastructure"),
        ({"merges": ["merge"]}, "linear_history allows no merge commits"),
        ({"merges": ["rebase"]}, "GitHub cannot sign what it rebases"),
        ({"organisation": "a/b"}, "organisation"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(changes, said):
    content = yaml.safe_load((CBR / "repository.yaml").read_text("utf-8")) | changes
    with pytest.raises(ValidationError, match=said):
        Repository.model_validate_json(json.dumps(content))
