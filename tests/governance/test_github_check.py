"""GitHub's API as its reference documents it, served on this machine: pages, refusals, and each drift by its name."""

import copy
import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from enerqis.cli.main import main
from enerqis.core.errors import SetupError
from enerqis.governance.github_check import github_deviations
from enerqis.governance.ruleset import ruleset
from enerqis.io.github import GitHub
from enerqis.io.yaml_model import read_yaml
from enerqis.spec.repository import Repository
from tests.loopback import serving

ROOT = Path(__file__).parents[2]
TOKEN = "github_pat_canary_4711"
BASE = "/repos/enerqis/enerqis"


class Server:
    """Answers by path; a list is cut into pages of two, with the header ``link`` for the next."""

    def __init__(self):
        self.answers, self.asked = {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                address = urlsplit(self.path)
                query = {key: value[0] for key, value in parse_qs(address.query).items()}
                outer.asked.append((address.path, query, self.headers))
                status, headers, content = outer.answers.get(address.path, (404, {}, {"message": "Not Found"}))
                if isinstance(content, list) and status == 200:
                    first = 2 * (int(query["page"]) - 1)
                    if len(content) > first + 2:
                        headers = {"Link": f'<{outer.address}{address.path}?page=9>; rel="next", <x>; rel="last"'}
                    content = content[first : first + 2]
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.handler = Handler


@pytest.fixture(scope="module")
def running():
    server = Server()
    with serving(server.handler) as listening:
        server.address = f"http://127.0.0.1:{listening.server_port}"
        yield server


@pytest.fixture(scope="module")
def repository():
    return read_yaml(ROOT / ".cbr/repository.yaml", Repository, shown="repository.yaml")


@pytest.fixture
def server(running, repository):
    """A repository as the rules say; its ruleset is the last of five, on the third page."""
    mine = ruleset(repository) | {"id": 5, "source_type": "Repository"}
    others = [{"id": number, "name": f"other {number}", "target": "branch"} for number in range(4)]
    settings = {"allow_merge_commit": False, "allow_squash_merge": True, "allow_rebase_merge": False}
    running.asked.clear()
    running.answers = {
        BASE: (200, {}, {"default_branch": "main", **settings}),
        f"{BASE}/rulesets": (200, {}, [*others, {key: mine[key] for key in ("id", "name", "target")}]),
        f"{BASE}/rulesets/5": (200, {}, mine),
        f"{BASE}/codeowners/errors": (200, {}, {"errors": []}),
    }
    return running


@pytest.fixture
def said(server, repository):
    def _said():
        github = GitHub(server.address, TOKEN, "enerqis/enerqis")
        return list(github_deviations(github, repository))

    return _said


def _change(server, path, **changes):
    status, headers, content = server.answers[BASE + path]
    server.answers[BASE + path] = (status, headers, copy.deepcopy(content) | changes)


def test_a_repository_as_the_rules_say_has_nothing_to_mend(server, said):
    assert said() == []
    asked = [(path.removeprefix(BASE), query.get("page")) for path, query, _ in server.asked]
    assert asked == [
        ("", None),
        ("/rulesets", "1"),
        ("/rulesets", "2"),
        ("/rulesets", "3"),
        ("/rulesets/5", None),
        ("/codeowners/errors", None),
    ]
    headers = server.asked[0][2]
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["X-GitHub-Api-Version"] == "2022-11-28"


def test_a_drift_of_the_ruleset_is_named_with_what_to_change(server, said, repository):
    rules = copy.deepcopy(ruleset(repository)["rules"])
    next(each for each in rules if each["type"] == "pull_request")["parameters"]["required_approving_review_count"] = 0
    _change(server, "/rulesets/5", rules=rules, enforcement="disabled")
    assert [(each.what, each.mend) for each in said()] == [
        ("ruleset 'main': enforcement: \"disabled\" on GitHub", 'Set it to "active"'),
        ("ruleset 'main': rules.pull_request.required_approving_review_count: 0 on GitHub", "Set it to 1"),
    ]


def test_a_repository_without_the_ruleset_says_which_there_are(server, said):
    server.answers[f"{BASE}/rulesets"] = (200, {}, [{"id": 1, "name": "main", "target": "tag"}])
    (found,) = said()
    assert found.what == "ruleset 'main': not on GitHub, where there are: main"
    assert found.mend.startswith("import .github/rulesets/main.json")


def test_another_default_branch_and_way_of_merging_are_named(server, said):
    _change(server, "", default_branch="trunk", allow_merge_commit=True)
    assert [each.what for each in said()] == [
        "default branch: 'trunk' on GitHub",
        "allow_merge_commit: true on GitHub",
    ]


def test_a_token_that_sees_no_settings_is_only_noted_and_hidden_bypass_is_a_fault(server, said, repository):
    server.answers[BASE] = (200, {}, {"default_branch": "main"})
    hidden = {key: value for key, value in ruleset(repository).items() if key != "bypass_actors"}
    server.answers[f"{BASE}/rulesets/5"] = (200, {}, hidden)
    note, fault = said()
    assert (note.is_fault, fault.is_fault) == (False, True)
    assert fault.what.startswith("ruleset 'main': bypass_actors: unseen")


def test_an_owner_that_github_does_not_know_is_named(server, said):
    error = {"path": ".github/CODEOWNERS", "line": 3, "kind": "Unknown owner", "source": "* @enerqis/none\n"}
    _change(server, "/codeowners/errors", errors=[error])
    (found,) = said()
    assert found.what == ".github/CODEOWNERS:3: GitHub reads: Unknown owner: * @enerqis/none"


REFUSALS = {
    "wrong token": (401, {}, "the token is not accepted"),
    "no permission": (
        403,
        {"X-RateLimit-Remaining": "4999"},
        "the token may not read this. It needs the repository permissions 'Metadata: read'",
    ),
    "named permission": (
        403,
        {"X-Accepted-GitHub-Permissions": "administration=read"},
        "the token may not read this. It needs administration=read.",
    ),
    "hidden": (404, {}, "not there, or the token may not see it"),
    "rate limit": (
        403,
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1767225600"},
        "too many requests. Try again after 2026-01-01T00:00:00Z",  # 1767225600 s after 1970, by the calendar
    ),
    "second limit": (429, {"Retry-After": "60"}, "too many requests. Try again in 60 s"),
    "moved": (301, {"Location": "http://127.0.0.1:9/"}, "moved elsewhere; a token is not sent on"),
    "out of order": (502, {}, "answered 502"),
}


@pytest.mark.parametrize("path", ["", "/rulesets", "/rulesets/5", "/codeowners/errors"])
@pytest.mark.parametrize(("status", "headers", "text"), REFUSALS.values(), ids=REFUSALS)
def test_what_was_refused_is_an_error_and_never_taken_for_right(server, said, path, status, headers, text):
    server.answers[BASE + path] = (status, headers, {"message": TOKEN})
    with pytest.raises(SetupError) as caught:
        said()
    assert f"GitHub: enerqis/enerqis{path}: {text}" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_an_answer_of_another_program_is_refused(server, said):
    server.answers[BASE] = (200, {}, b"<html>")
    with pytest.raises(SetupError, match="no JSON"):
        said()


def test_pages_without_end_are_given_up(server, said):
    server.answers[f"{BASE}/rulesets"] = (200, {}, [{"id": 0, "name": "x", "target": "branch"}] * 300)
    with pytest.raises(SetupError, match="more than 50 pages"):
        said()


@pytest.mark.parametrize(
    "api", ["http://github.example", "ftp://127.0.0.1", "https://", "https://user:key@github.example", "nonsense"]
)
def test_a_token_is_sent_to_no_address_that_is_not_safe(api):
    with pytest.raises(SetupError, match="not an address for a token"):
        GitHub(api, TOKEN, "enerqis/enerqis")


def test_a_server_that_is_not_there_is_said_without_the_token():
    with pytest.raises(SetupError, match=r"127\.0\.0\.1 cannot be reached") as caught:
        GitHub("http://127.0.0.1:9", TOKEN, "enerqis/enerqis").get()
    assert TOKEN not in str(caught.value)


def test_the_command_asks_github_only_when_told_and_shows_no_token(server, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ENERQIS_SECRET_GITHUB_ACCESS", TOKEN)
    main(["repo", "check", "--api", server.address])
    assert server.asked == []
    _change(server, "", default_branch=TOKEN)  # even where an answer holds it
    assert main(["repo", "check", "--github", "--api", server.address]) == 1
    out, err = capsys.readouterr()
    assert "default branch: " in out
    assert TOKEN not in out + err


def test_a_token_that_is_written_out_is_refused(server, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["repo", "check", "--github", "--api", server.address, "--token", "ghp_abc"]) == 1
    assert "--token takes a reference, secret://NAME/NAME..., not the token" in capsys.readouterr().err
    assert server.asked == []
