"""The key-value engine of a real OpenBao: versions, refusals, and the policy that is drawn for it."""

import contextlib
import threading

import pytest

from enerqis.core.errors import SetupError
from enerqis.governance.vault_policy import vault_policy
from enerqis.spec.secrets import SecretsFile, VaultBackend
from enerqis.vaults.vault import Vault
from enerqis.vaults.vault_session import VaultSession
from tests.vaults.conftest import ROOT_TOKEN, call, free_port


@pytest.fixture
def kept(bao, tmp_path, monkeypatch, request):
    """Return the secrets of a project with a folder of its own on the server."""
    monkeypatch.setenv("VAULT_TOKEN", ROOT_TOKEN)
    prefix = f"project-{abs(hash(request.node.name))}"
    return Vault(VaultBackend(kind="vault", address=bao, prefix=prefix, auth="token"), tmp_path)


def _other(kept, **changes):
    spec = kept._spec.model_copy(update=changes)
    return Vault(spec, kept._session._root, session=VaultSession(spec, kept._session._root))


def test_what_was_put_is_got_back_with_its_version(kept, bao):
    kept.put("a/b", "first")
    entry = kept.put("a/b", "second ü")
    stored = kept.get("a/b")
    assert (stored.value, stored.version, stored.written_at) == ("second ü", 2, entry.written_at)
    assert kept.get("a/b", version=1).value == "first"
    read = call(bao, "GET", f"secret/data/{kept._spec.prefix}/a/b")  # as any other tool reads it
    assert read["data"]["data"] == {"value": "second ü"}


def test_names_are_listed_at_every_depth_and_deleted_ones_are_not(kept, bao):
    assert kept.entries() == {}
    for name in ("a/b", "a/c/d", "e/f"):
        kept.put(name, "value")
    call(bao, "DELETE", f"secret/data/{kept._spec.prefix}/e/f")
    assert list(kept.entries()) == ["a/b", "a/c/d"]
    assert "2 secrets there" not in kept.ready()  # the deleted one still has its name there
    with pytest.raises(SetupError, match="secret://e/f: no value in"):
        kept.get("e/f")
    assert kept.put("e/f", "again").version == 2


def test_a_missing_secret_and_a_missing_version_are_told_apart(kept):
    with pytest.raises(SetupError, match=r"secret://a/b: no value in .*enerqis secrets put a/b"):
        kept.get("a/b")
    kept.put("a/b", "first")
    with pytest.raises(SetupError, match=r"version 7 is not in .*; the newest is 1"):
        kept.get("a/b", version=7)


def test_a_secret_that_somebody_wrote_in_another_form_is_said(kept, bao):
    call(bao, "POST", f"secret/data/{kept._spec.prefix}/a/b", {"data": {"password": "x"}})
    with pytest.raises(SetupError, match="holds no text under the key 'value'"):
        kept.get("a/b")


def test_writers_at_the_same_time_overwrite_nothing_unseen(kept):
    kept.put("a/b", "start")
    refused = []

    def write(number):
        with contextlib.suppress(SetupError):
            _other(kept).put("a/b", f"writer {number}", after=1)
            return
        refused.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(refused) == 2
    assert kept.get("a/b").version == 2


def test_no_engine_and_no_server_are_said(kept):
    with pytest.raises(SetupError, match=r"no engine at 'nowhere'.*bao secrets enable -path=nowhere kv-v2"):
        _other(kept, mount="nowhere").ready()
    with pytest.raises(SetupError, match=r"cannot be reached \(connection refused\)"):
        _other(kept, address=f"http://127.0.0.1:{free_port()}").get("a/b")
    with pytest.raises(SetupError, match=r"its certificate is not trusted|cannot be reached"):
        _other(kept, address=kept._spec.address.replace("http:", "https:")).get("a/b")


RULE = {"purpose": "p", "max_age_days": 1, "rotation": "r"}


@pytest.fixture
def policy(bao):
    return SecretsFile.model_validate(
        {
            "format": "enerqis/secrets/1",
            "backend": "vault",
            "backends": {"vault": {"kind": "vault", "address": bao, "prefix": "team"}},
            "readers": {"broker": "orders", "ledger": "trials"},
            "secrets": {
                "broker/test/key": RULE | {"owner": "ops", "readers": ("broker",)},
                "ledger/uri": RULE | {"owner": "data", "readers": ("ledger",)},
            },
        }
    )


def test_the_drawn_policy_lets_a_reader_read_its_own_and_nothing_else(kept, bao, policy, monkeypatch):
    team = _other(kept, prefix="team")
    for name in policy.secrets:
        team.put(name, f"value of {name}")
    for who in ("broker", "ops"):
        call(bao, "POST", f"sys/policies/acl/{who}", {"policy": vault_policy(policy, policy.backends["vault"], who)})
        made = call(bao, "POST", "auth/token/create", {"policies": [who], "no_default_policy": True})
        monkeypatch.setenv("VAULT_TOKEN", made["auth"]["client_token"])
        as_who = _other(team)
        assert as_who.get("broker/test/key").value.startswith("value of broker/test/key")
        with pytest.raises(SetupError, match=r"reading secret://ledger/uri: forbidden .*policies " + who):
            as_who.get("ledger/uri")
        if who == "broker":
            with pytest.raises(
                SetupError, match=r"writing secret://broker/test/key: forbidden .*enerqis secrets policy READER"
            ):
                as_who.put("broker/test/key", "value of broker/test/key, mine")
        else:
            assert as_who.put("broker/test/key", "value of broker/test/key, new").version == 2
