"""Governed files are held to their schema, their name and their chain."""

import json
import shutil

import pytest

from enerqis.compose.governed import governed_problems
from enerqis.compose.schemas import schemas
from enerqis.io.project import Project
from enerqis.io.trial_file import Record, text_of
from enerqis.spec.trials import TrialLine
from tests.vaults.conftest import write_policy

LINES = [TrialLine(after=(), content="c" * 64, key=f"{number}" * 64, strategy="sma_cross") for number in range(3)]


@pytest.fixture(scope="module")
def known():
    return schemas(Project.find())


@pytest.fixture
def write(tmp_path):
    def _write(text, name="prices.json"):
        path = tmp_path / ".cbr" / "trials" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return Project(tmp_path)

    return _write


def _text():
    return text_of(Record().with_trials(LINES), "prices")


def _said(project, known):
    return [str(each) for each in governed_problems(project, known)]


def test_a_file_as_it_is_written_has_no_problem(write, known):
    assert _said(write(_text()), known) == []


def test_a_file_of_no_trials_has_no_problem(write, known):
    assert _said(write(text_of(Record(), "prices")), known) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"strategy":"sma_cross"', '"strategi":"sma_cross"', "strategi"),
        ('"key":"' + "1" * 64, '"key":"' + "x" * 64, "trials"),
        ('"dataset": "prices"', '"dataset": "other"', "not what the file is called"),
        ("null\n", "<<<<<<< HEAD\nnull\n", "git left a conflict"),
        ("null\n", "", "not JSON"),
        ('"strategy":"sma_cross"', '"strategy":"macd"', "removed or changed"),
    ],
)
def test_what_is_wrong_is_said(write, known, old, new, said):
    assert old in _text()
    assert any(said in each for each in _said(write(_text().replace(old, new, 1)), known))


def test_a_file_of_another_name_is_refused(write, known):
    assert "no governed file of this name" in _said(write("{}", name="notes.yaml"), known)[0]


def test_the_shipped_record_holds(known):
    assert _said(Project.find(), known) == []


def test_the_schema_refuses_a_line_without_its_key(write, known):
    content = json.loads(_text())
    del content["trials"][0]["key"]
    project = write(json.dumps(content))
    assert any("key" in each for each in _said(project, known))
    shutil.rmtree(project.root / ".cbr")


def test_a_yaml_file_is_held_to_its_schema_by_line(tmp_path, known):
    path = tmp_path / ".cbr" / "approvers.yaml"
    path.parent.mkdir()
    path.write_text("max_valid_days: 30\npeopel: []\n", encoding="utf-8")
    said = _said(Project(tmp_path), known)
    assert any(each.startswith(".cbr/approvers.yaml:2:1: peopel: unknown key. Did you mean 'people'?") for each in said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("max_age_days: 90", "max_age_days: CANARY", "what stands there is not of type 'integer'"),
        ("owner: ops", "owner: CANARY", "what stands there is not allowed"),
        ("[broker]", "[CANARY-7]", "what stands there does not match"),
        ("max_age_days: 90", "max_age_days: 90, value: CANARY", "unknown key"),
    ],
)
def test_a_value_in_a_wrong_place_of_the_policy_of_secrets_is_not_quoted(tmp_path, known, old, new, said):
    write_policy(Project(tmp_path), "environment")
    policy = tmp_path / ".cbr" / "secrets.yaml"
    text = policy.read_text("utf-8")
    assert old in text
    policy.write_text(text.replace(old, new, 1), "utf-8")
    found = _said(Project(tmp_path), known)
    assert any(said in each for each in found)
    assert not any("CANARY" in each for each in found)
