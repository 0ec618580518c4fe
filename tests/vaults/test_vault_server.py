"""A vault as it runs for real: on the disk, behind TLS of its own authority, initialised, unsealed, sealed, restarted."""

import datetime
import ipaddress
import ssl
import time
import urllib.error

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from enerqis.core.errors import SetupError
from enerqis.io.secrets import hide_values
from enerqis.spec.secrets import VaultBackend
from enerqis.vaults.vault import Vault
from tests.vaults.conftest import call, free_port, start, wait_for

CONFIG = """storage "raft" {{
  path = "{folder}/data"
  node_id = "one"
}}
listener "tcp" {{
  address = "127.0.0.1:{port}"
  tls_cert_file = "{folder}/server.pem"
  tls_key_file = "{folder}/server.key"
}}
api_addr = "https://127.0.0.1:{port}"
cluster_addr = "https://127.0.0.1:{cluster}"
"""
DAY = datetime.timedelta(days=1)


def _certificate(name, issuer=None):
    """Return a certificate for this machine and its key: an authority's, or one that `issuer` signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    authority, signing = issuer or (None, key)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, authority is None, authority is None, False, False),
            critical=True,
        )
        .sign(signing, hashes.SHA256())
    )
    return made, key


def _write(folder, name, made):
    certificate, key = made
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _wait_until_active(address, context):
    """Wait until an unsealed server leads: a single node of raft elects itself."""

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return call(address, "GET", "sys/health", context=context)
        except urllib.error.HTTPError:
            time.sleep(0.05)
    pytest.fail("the vault did not become active")


def test_secrets_outlive_a_seal_and_a_restart_and_each_state_is_said(tmp_path, monkeypatch):
    authority = _certificate("authority of the test")
    _write(tmp_path, "authority", authority)
    _write(tmp_path, "other", _certificate("another authority"))
    _write(tmp_path, "server", _certificate("vault", authority))
    (tmp_path / "data").mkdir()
    port = free_port()
    address = f"https://127.0.0.1:{port}"
    (tmp_path / "vault.hcl").write_text(
        CONFIG.format(folder=tmp_path, port=port, cluster=free_port()), encoding="utf-8"
    )
    trusted = ssl.create_default_context(cafile=str(tmp_path / "authority.pem"))
    spec = VaultBackend(kind="vault", address=address, mount="team", auth="token", ca_file="authority.pem")
    monkeypatch.setenv("VAULT_TOKEN", "not yet any")
    process = start(["-config=vault.hcl"], tmp_path)
    try:
        wait_for(address, process, tmp_path / "bao.log", trusted)
        with pytest.raises(SetupError, match=r"the vault is sealed or starting"):
            Vault(spec, tmp_path).get("a/b")

        keys = call(address, "PUT", "sys/init", {"secret_shares": 2, "secret_threshold": 2}, token="", context=trusted)
        monkeypatch.setenv("VAULT_TOKEN", keys["root_token"])
        _unseal(address, keys, trusted)
        with pytest.raises(SetupError, match="no engine at 'team'"):
            Vault(spec, tmp_path).ready()
        engine = {"type": "kv", "options": {"version": "2"}}
        call(address, "POST", "sys/mounts/team", engine, token=keys["root_token"], context=trusted)
        kept = Vault(spec, tmp_path)
        _put_when_upgraded(kept)
        assert kept.get("a/b").value == "outlives a restart"

        for ca_file, message in ((None, "certificate is not trusted"), ("other.pem", "certificate is not trusted")):
            with pytest.raises(SetupError, match=message):
                Vault(spec.model_copy(update={"ca_file": ca_file}), tmp_path).get("a/b")
        with pytest.raises(SetupError, match=r"absent\.pem: not there"):
            Vault(spec.model_copy(update={"ca_file": "absent.pem"}), tmp_path).get("a/b")

        call(address, "PUT", "sys/seal", {}, token=keys["root_token"], context=trusted)
        with pytest.raises(SetupError, match=r"the vault is sealed or starting.*bao operator unseal"):
            kept.get("a/b")

        process.terminate()
        process.wait(30)
        with pytest.raises(SetupError, match=r"cannot be reached \(connection refused\)"):
            kept.get("a/b")

        process = start(["-config=vault.hcl"], tmp_path)
        wait_for(address, process, tmp_path / "bao.log", trusted)
        _unseal(address, keys, trusted)
        stored = kept.get("a/b")
        assert (stored.value, stored.version) == ("outlives a restart", 1)
        assert keys["root_token"] not in hide_values(f"said by the server: {keys['root_token']}")
        on_disk = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
        assert b"outlives a restart" not in on_disk
    finally:
        process.kill()
        process.wait(30)


def _unseal(address, keys, context):
    for each in keys["keys"]:
        call(address, "PUT", "sys/unseal", {"key": each}, token="", context=context)
    _wait_until_active(address, context)


def _put_when_upgraded(kept):
    """Write the first secret; a new engine needs an instant before it takes one."""

    deadline = time.monotonic() + 30
    while True:
        try:
            return kept.put("a/b", "outlives a restart")
        except SetupError as exc:
            if "Upgrading" not in str(exc) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
