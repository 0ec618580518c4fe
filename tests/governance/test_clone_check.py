"""A real clone, made here, held against rules: what is as they say, and one thing wrong at a time."""

import json
import subprocess
from pathlib import Path

import pytest

from enerqis.core.errors import SetupError
from enerqis.governance.clone_check import clone_deviations, job_names
from enerqis.io.clone import read_clone
from enerqis.io.yaml_model import read_yaml
from enerqis.spec.repository import Repository
from enerqis.spec.roadmap import Roadmap

ROOT = Path(__file__).parents[2]
WORKFLOW = "on:\n  pull_request:\njobs:\n  check:\n    runs-on: any\n"
SIGNATURE = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----\n"


@pytest.fixture(scope="module")
def repository():
    shipped = read_yaml(ROOT / ".cbr/repository.yaml", Repository, shown="repository.yaml")
    return shipped.model_copy(update={"checks": ("check",)})


def _roadmap(**files):
    duties = {"responsible": {"role": "data"}, "approver": {"role": "governance"}}
    step = {"name": "one", "title": "One", "work": ["do it"], **duties, **files}
    phase = {"number": "1.1", "title": "First", "deliverable": "All of it", "steps": [step]}
    stage = {"number": 1, "title": "Start", "from_month": 0, "to_month": 3, "phases": [phase]}
    return Roadmap.model_validate_json(json.dumps({"format": "enerqis/roadmap/1", "stages": [stage]}))


class Clone:
    """A git repository of two files whose one commit carries a signature."""

    def __init__(self, root):
        self.root = root
        self.git("init", "-q", "-b", "main")
        self.write(".gitattributes", "/conf/** text=auto eol=lf\n")
        self.write("conf/a.yaml", "one: 1\n")
        self.write(".git/hooks/pre-commit", "#!/bin/sh\n")
        self.commit(signed=True)

    def git(self, *words, text=None):
        setting = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false")
        words = ("git", *setting, *words)
        return subprocess.run(
            words, cwd=self.root, input=text, text=True, capture_output=True, check=True
        ).stdout.strip()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def commit(self, *, signed):
        """Commit everything; the signature is a header as git writes it, which only its verification would refuse."""
        self.git("add", "-A")
        self.git("commit", "-qm", "more", "--allow-empty")
        if signed:
            raw = self.git("cat-file", "commit", "HEAD")
            head, _, message = raw.partition("\n\n")
            made = self.git("hash-object", "-t", "commit", "-w", "--stdin", text=f"{head}\n{SIGNATURE}\n{message}\n")
            self.git("reset", "-q", "--soft", made)


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def _said(clone, repository, roadmap=None, workflow=WORKFLOW):
    found = read_clone(clone.root, "main")
    roadmap = roadmap or _roadmap(owns=["*", "conf/", "conf/*.yaml", "conf/a.yaml"])
    return list(clone_deviations(found, roadmap, repository, workflow=workflow))


def test_a_clone_as_the_rules_say_has_nothing_to_mend(clone, repository):
    assert _said(clone, repository) == []


def test_a_commit_without_signature_is_named(clone, repository):
    clone.commit(signed=False)
    (found,) = _said(clone, repository)
    head = clone.git("rev-parse", "HEAD")
    assert found.what == f"main: 1 of the last 2 commits carry no signature: {head[:12]}"
    assert _said(clone, repository.model_copy(update={"signed_commits": False})) == []


def test_a_message_that_speaks_of_a_signature_is_none(clone, repository):
    clone.git("commit", "-qm", "gpgsig -----BEGIN", "--allow-empty")
    assert [each.what[:36] for each in _said(clone, repository)] == ["main: 1 of the last 2 commits carry "]


def test_a_file_that_is_owned_and_not_there_is_a_fault_and_a_guard_before_its_file_is_not(clone, repository):
    owned, guarded = _said(clone, repository, _roadmap(owns=["conf/b.yaml"], guards=[".cbr/"]))
    assert (guarded.what, guarded.is_fault) == (".cbr/roadmap.yaml: step one: no tracked file is 'conf/b.yaml'", True)
    assert (owned.what, owned.is_fault) == (".cbr/roadmap.yaml: step one: no tracked file is '.cbr/'", False)


def test_crlf_in_git_is_named(clone, repository):
    clone.write("notes.txt", "one\r\ntwo\r\n")
    clone.commit(signed=True)
    (found,) = _said(clone, repository)
    assert found.what == "notes.txt: lines end in CRLF in git"


def test_a_governed_file_whose_line_ends_nothing_keeps_is_named(clone, repository):
    clone.write("schemas/a.json", "{}\n")
    clone.commit(signed=True)
    (found,) = _said(clone, repository)
    assert found.what == "schemas/a.json: .gitattributes does not keep LF"


def test_a_missing_hook_is_only_noted(clone, repository):
    (clone.root / ".git/hooks/pre-commit").unlink()
    (found,) = _said(clone, repository)
    assert (found.mend, found.is_fault) == ("pre-commit install", False)


def test_another_default_branch_of_origin_is_named(clone, repository):
    clone.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    clone.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    (found,) = _said(clone, repository)
    assert found.what == "the default branch of origin is 'trunk'"


def test_a_clone_without_the_branch_says_so(clone, repository):
    clone.git("branch", "-m", "trunk")
    (found,) = _said(clone, repository)
    assert (found.what, found.is_fault) == ("there is no branch 'main' here", False)


def test_a_check_that_no_job_reports_and_a_job_that_no_rule_asks_are_named(clone, repository):
    missing, loose = _said(clone, repository, workflow="jobs:\n  lint:\n    runs-on: any\n")
    assert missing.what.startswith(".cbr/repository.yaml: checks: 'check' is no job of")
    assert loose.what.endswith("job 'lint' may fail and be merged all the same")
    (absent,) = _said(clone, repository, workflow=None)
    assert absent.what == ".github/workflows/check.yml: missing, so that no check can pass"


def test_a_job_reports_under_its_name_or_its_key():
    matrix = "strategy: {matrix: {python: [1, 2]}}"
    text = (
        f"jobs:\n  one: {{name: First check}}\n  two: {{}}\n  three: {{{matrix}}}\n  four: {{name: 'x ${{{{ a }}}}'}}\n"
    )
    assert job_names(text) == {"First check", "two"}


def test_a_folder_without_git_is_refused(tmp_path):
    with pytest.raises(SetupError, match="not the top of a git repository"):
        read_clone(tmp_path, "main")


def test_the_shipped_rules_fit_the_files_and_workflows_that_are_there():
    shipped = read_yaml(ROOT / ".cbr/roadmap.yaml", Roadmap, shown="roadmap.yaml")
    rules = read_yaml(ROOT / ".cbr/repository.yaml", Repository, shown="repository.yaml")
    workflow = (ROOT / ".github/workflows/check.yml").read_text("utf-8")
    said = clone_deviations(read_clone(ROOT, "main"), shipped, rules, workflow=workflow)
    # signatures and branches are those of whoever runs the test
    wrong = [each.what for each in said if each.is_fault and "signature" not in each.what and "origin" not in each.what]
    assert wrong == []
