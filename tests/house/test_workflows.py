"""The workflows of the repository: what they may do, their shell parts, and the comment they write, to a loopback GitHub."""

import importlib.util
import json
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
import yaml

from tests.loopback import serving
from tests.pipeline.review_repo import run_script

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / ".github" / "scripts"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WRITES = {"comment.yml": {"pull-requests"}}
"""What each workflow may write; the others write nothing."""


def workflow(path):
    return yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)


def steps(path):
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_pinned_holds_no_secret_and_writes_what_it_must(path):
    found = workflow(path)
    text = path.read_text("utf-8")
    assert "pull_request_target" not in text
    assert "secrets." not in text
    granted = [found["permissions"], *(job.get("permissions", {}) for job in found["jobs"].values())]
    assert {key for each in granted for key, level in each.items() if level == "write"} == WRITES.get(path.name, set())
    for step in steps(path):
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_shell_part_is_right_and_takes_nothing_of_an_event_as_code(path):
    for step in steps(path):
        script = step.get("run", "")
        assert "${{" not in script, "pass it by env: an event's text would be run"
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_the_one_that_writes_runs_nothing_of_the_change():
    (checkout,) = [each for each in steps(ROOT / ".github/workflows/comment.yml") if "checkout" in each.get("uses", "")]
    assert "ref" not in checkout["with"]
    assert checkout["with"]["sparse-checkout"] == ".github/scripts"


def test_a_package_of_no_experiment_is_refused_before_anything_is_built(tmp_path):
    done = run_script("package.sh", "$(touch x)", tmp_path / "package")
    assert done.returncode == 2
    assert "is no name of an experiment" in done.stderr
    assert not (tmp_path / "package").exists()


class Repository(BaseHTTPRequestHandler):
    """The part of GitHub's REST interface that the script asks: pull requests, comments, pages of them."""

    def do_GET(self):
        asked = urlparse(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        at, size = int(query["page"]), int(query["per_page"])
        lists = {"pulls": self.server.pulls, "files": self.server.files, "comments": self.server.comments}
        items = lists[asked.path.rpartition("/")[2]]
        if asked.path.endswith("/pulls"):
            items = [each for each in items if each["head"]["label"] == query["head"]]
        self.answer(items[(at - 1) * size : at * size])

    def do_POST(self):
        body = self.read()
        self.server.comments.append({"id": len(self.server.comments), "user": {"login": "github-actions[bot]"}, **body})
        self.answer(body)

    def do_PATCH(self):
        self.server.comments[int(self.path.rpartition("/")[2])] |= self.read()
        self.answer({})

    def read(self):
        assert self.headers["Authorization"] == "Bearer token"
        self.server.written.append(f"{self.command} {self.path}")
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, content):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *words):
        pass


@pytest.fixture
def github(monkeypatch):
    with serving(Repository) as server:
        server.written = []
        server.files = [{"filename": f"conf/{n}.yaml"} for n in range(100)]
        somebody = {"id": 0, "user": {"login": "somebody"}, "body": "<!-- enerqis config review -->\nnot ours"}
        server.comments = [somebody, *({"id": n, "user": {"login": "x"}, "body": "talk"} for n in range(1, 120))]
        server.pulls = [
            {"number": 6, "head": {"sha": "old", "label": "fork:idea"}},
            {"number": 7, "head": {"sha": "abc", "label": "fork:idea"}},
            {"number": 8, "head": {"sha": "abc", "label": "other:idea"}},
        ]
        monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("GITHUB_REPOSITORY", "owner/repository")
        monkeypatch.setenv("GITHUB_TOKEN", "token")
        yield server


@pytest.fixture
def comment(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("comment", SCRIPTS / "comment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def write(text, commit="abc"):
        (tmp_path / "review.md").write_text(text, "utf-8")
        words = ["--file", str(tmp_path / "review.md"), "--owner", "fork", "--branch", "idea", "--commit", commit]
        monkeypatch.setattr(sys, "argv", ["comment.py", *words])
        return module.main()

    return write


def test_a_comment_is_made_once_and_then_written_anew(github, comment, capsys):
    assert [comment("first"), comment("second"), comment("second")] == [0, 0, 0]
    assert github.written == [
        "POST /repos/owner/repository/issues/7/comments",
        "PATCH /repos/owner/repository/issues/comments/120",
    ]
    assert github.comments[120]["body"] == "<!-- enerqis config review -->\nsecond\n"
    assert github.comments[0]["body"].endswith("not ours")
    assert capsys.readouterr().out.splitlines() == [f"comment of #7: {each}" for each in ("made", "updated", "left")]


def test_a_commit_that_has_moved_on_gets_no_comment(github, comment, capsys):
    assert comment("page", commit="gone") == 0
    assert github.written == []
    assert "nothing to write" in capsys.readouterr().out


def test_a_page_brings_no_marker_of_its_own_and_is_cut_where_github_would_refuse_it(github, comment):
    assert comment("<!-- enerqis config review -->\n" + "line\n" * 20_000) == 0
    body = github.comments[120]["body"]
    assert body.count("<!--") == 1
    assert "This change edits" not in body
    assert len(body) < 65_536
    assert body.endswith("Cut here: the whole page is the artifact of the run.\n")


@pytest.mark.parametrize(
    ("file", "named"),
    [
        (
            {"filename": "plugins/strategies/mine.py"},
            " 1 of the files that GitHub lists, such as `plugins/strategies/mine.py`, may",
        ),
        ({"filename": "docs/old.md", "previous_filename": "enerqis/cli/run.py"}, "such as `enerqis/cli/run.py`"),
        ({"filename": "plugins/`@everyone`.py"}, " 1 of the files that GitHub lists may"),
    ],
)
def test_a_change_that_ran_its_own_code_is_told_above_its_page(github, comment, file, named):
    github.files.append(file)
    assert comment("### nothing loosens") == 0
    said, _, page = github.comments[120]["body"].partition("\n\n")
    assert said.startswith(
        "<!-- enerqis config review -->\n> **This change edits Python that ran while it was judged.**"
    )
    assert named in said
    assert "everyone" not in said
    assert page == "### nothing loosens\n"


def test_a_change_of_more_files_than_github_lists_is_told_too(github, comment):
    github.files = [{"filename": f"docs/{n}.md"} for n in range(3000)]
    assert comment("page") == 0
    assert "This change edits Python" in github.comments[120]["body"]


def test_a_server_that_is_not_there_is_one_line(monkeypatch, comment, capsys):
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GITHUB_REPOSITORY", "owner/repository")
    monkeypatch.setenv("GITHUB_TOKEN", "token")
    assert comment("page") == 1
    assert "refused" in capsys.readouterr().err
