"""Being logged in: by token and AppRole, renewed in time, and what each refusal says. A real OpenBao answers."""

import http.server

import pytest

from enerqis.core.errors import SetupError
from enerqis.io.secrets import redact
from enerqis.spec.secrets import VaultBackend
from enerqis.vaults.vault_session import VaultSession
from tests.loopback import serving
from tests.vaults.conftest import ROOT_TOKEN, call, free_port

HOUR = 3600


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def role(bao, monkeypatch):
    """Return the path of an AppRole whose tokens live an hour, its credentials in the environment."""
    path = "auth/approle/role/reader"
    call(bao, "POST", path, {"token_ttl": "1h", "token_max_ttl": "4h", "token_policies": ["default"]})
    monkeypatch.setenv("ENERQIS_VAULT_ROLE_ID", call(bao, "GET", f"{path}/role-id")["data"]["role_id"])
    monkeypatch.setenv("ENERQIS_VAULT_SECRET_ID", call(bao, "POST", f"{path}/secret-id", {})["data"]["secret_id"])
    return path


def _session(bao, tmp_path, clock, auth):
    return VaultSession(VaultBackend(kind="vault", address=bao, auth=auth), tmp_path, clock=clock)


def _known(bao, token):
    return call(bao, "POST", "auth/token/lookup", {"token": token})["data"]


def test_an_approle_logs_in_once_and_its_token_is_renewed_before_it_ends(bao, tmp_path, clock, role):
    session = _session(bao, tmp_path, clock, "approle")
    with session.client("reading") as client:
        token = client.token
    clock.now = 0.6 * HOUR
    with session.client("reading") as client:
        assert client.token == token
    assert "last_renewal" not in _known(bao, token)
    clock.now = 0.7 * HOUR
    with session.client("reading") as client:
        assert client.token == token
    assert _known(bao, token)["last_renewal"]


def test_a_token_that_ended_or_was_taken_back_is_replaced_by_a_new_login(bao, tmp_path, clock, role):
    session = _session(bao, tmp_path, clock, "approle")
    with session.client("reading") as client:
        first = client.token
    clock.now = 2 * HOUR
    with session.client("reading") as client:
        second = client.token
    assert first != second
    call(bao, "POST", "auth/token/revoke", {"token": second})
    clock.now += 0.7 * HOUR
    with session.client("reading") as client:
        assert client.token not in (first, second)
        assert _known(bao, client.token)["policies"] == ["default"]


def test_a_secret_id_that_was_taken_back_is_said(bao, tmp_path, clock, role, monkeypatch):
    monkeypatch.setenv("ENERQIS_VAULT_SECRET_ID", "0" * 36)
    with (
        pytest.raises(SetupError, match=r"refuses the AppRole .*ENERQIS_VAULT_SECRET_ID"),
        _session(bao, tmp_path, clock, "approle").client("reading"),
    ):
        pass


def test_a_missing_credential_names_its_variable(bao, tmp_path, clock, monkeypatch):
    monkeypatch.delenv("VAULT_TOKEN", raising=False)
    with pytest.raises(SetupError, match="VAULT_TOKEN is not set"), _session(bao, tmp_path, clock, "token").client("x"):
        pass


def test_a_wrong_token_is_told_from_one_that_may_not(bao, tmp_path, clock, monkeypatch):
    monkeypatch.setenv("VAULT_TOKEN", "no-token-of-this-vault")
    with (
        pytest.raises(SetupError, match=r"does not know the token \(wrong, expired or revoked\)"),
        _session(bao, tmp_path, clock, "token").client("reading"),
    ):
        pass


def test_a_token_that_ends_while_it_is_used_is_said_as_such(bao, tmp_path, clock, monkeypatch):
    made = call(bao, "POST", "auth/token/create", {"policies": ["default"]})["auth"]["client_token"]
    monkeypatch.setenv("VAULT_TOKEN", made)
    session = _session(bao, tmp_path, clock, "token")
    with session.client("reading"):
        pass
    call(bao, "POST", "auth/token/revoke", {"token": made})
    with pytest.raises(SetupError, match="does not know the token"), session.client("reading") as client:
        client.secrets.kv.v2.read_secret_version("a/b", raise_on_deleted_version=True)


def test_a_token_that_never_ends_is_not_renewed_and_never_shown(bao, tmp_path, clock, monkeypatch):
    monkeypatch.setenv("VAULT_TOKEN", ROOT_TOKEN)
    session = _session(bao, tmp_path, clock, "token")
    for clock.now in (0.0, 1e9):
        with session.client("reading") as client:
            assert client.token == ROOT_TOKEN
    assert redact(f"header {ROOT_TOKEN}") == "header [redacted]"


def test_a_token_goes_in_the_plain_past_every_proxy(overheard, tmp_path, clock, monkeypatch):
    monkeypatch.setenv("VAULT_TOKEN", "canary-token")
    with (
        pytest.raises(SetupError, match=r"cannot be reached \(connection refused\)"),
        _session(f"http://127.0.0.1:{free_port()}", tmp_path, clock, "token").client("reading"),
    ):
        pass
    assert overheard == []


def test_a_token_is_not_sent_on_to_where_a_vault_sends(tmp_path, clock, monkeypatch):
    monkeypatch.setenv("VAULT_TOKEN", "canary-token")
    asked = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers["Host"])
            self.send_response(307)
            self.send_header("Location", f"http://localhost:{self.server.server_port}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    with serving(Elsewhere) as server:
        here = f"127.0.0.1:{server.server_port}"
        with (
            pytest.raises(SetupError, match=rf"http://{here}: sends to http://localhost:\d+; a token is not sent on"),
            _session(f"http://{here}", tmp_path, clock, "token").client("reading"),
        ):
            pass
    assert asked == [here]


def test_what_answers_and_is_no_vault_is_said(tmp_path, clock, monkeypatch):
    monkeypatch.setenv("VAULT_TOKEN", "canary-token")

    class Portal(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *words):
            pass

    with (
        serving(Portal) as server,
        pytest.raises(SetupError, match="what answers there is no vault"),
        _session(f"http://127.0.0.1:{server.server_port}", tmp_path, clock, "token").client("reading"),
    ):
        pass
