"""The HCL that is drawn; that a server obeys it is in tests/vaults."""

import pytest

from enerqis.core.errors import SetupError
from enerqis.governance.vault_policy import vault_policy
from enerqis.spec.secrets import SecretsFile, VaultBackend
from tests.spec.test_secrets import RULE, WHOLE

BACKEND = VaultBackend(kind="vault", address="https://vault.example.org", mount="kv", prefix="team")
POLICY = SecretsFile.model_validate(WHOLE | {"secrets": {"a/key": RULE, "b/key": RULE | {"owner": "data"}}})
READS_A = """# ops: drawn from .cbr/secrets.yaml by 'enerqis secrets policy ops'
path "kv/data/team/a/key" {
  capabilities = ["create", "update", "read"]
}
path "kv/metadata/team" {
  capabilities = ["list"]
}
path "kv/metadata/team/" {
  capabilities = ["list"]
}
path "kv/metadata/team/a" {
  capabilities = ["list"]
}
path "kv/metadata/team/a/" {
  capabilities = ["list"]
}
path "kv/metadata/team/a/key" {
  capabilities = ["read"]
}
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
"""


def test_an_owner_writes_and_reads_its_own_and_nothing_else():
    assert vault_policy(POLICY, BACKEND, "ops") == READS_A


def test_a_reader_reads_and_nobody_deletes():
    drawn = vault_policy(POLICY, BACKEND, "broker")
    assert 'path "kv/data/team/b/key" {\n  capabilities = ["read"]' in drawn
    assert "create" not in drawn
    assert "delete" not in drawn


def test_an_unknown_name_is_refused():
    with pytest.raises(SetupError, match=r"nobody: no reader and no owner .*There are: broker, data, ops"):
        vault_policy(POLICY, BACKEND, "nobody")
