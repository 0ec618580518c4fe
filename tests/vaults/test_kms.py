"""Envelopes under a key of KMS: moto's server makes and opens real data keys."""

import base64
import http.server
import json
import re
from datetime import UTC, datetime

import boto3
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError

from enerqis.core.errors import SetupError
from enerqis.spec.secrets import KmsBackend
from enerqis.vaults.kms import Kms
from tests.loopback import serving
from tests.vaults.conftest import free_port

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
REGION = "eu-central-1"


@pytest.fixture
def aws(kms, monkeypatch, tmp_path):
    """Return AWS's own client for the server, logged in."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return boto3.client("kms", region_name=REGION, endpoint_url=kms)


@pytest.fixture
def key(aws):
    return aws.create_key()["KeyMetadata"]["KeyId"]


@pytest.fixture
def kept(kms, key, project):
    return _kept(kms, key, project)


def _kept(endpoint, key, project, previous=None):
    spec = KmsBackend(
        kind="kms", key_id=key, previous_key_id=previous, region=REGION, endpoint=endpoint, timeout_seconds=5.0
    )
    return Kms(spec, project, now=lambda: NOW)


@pytest.fixture
def file(project):
    return project.root / ".cbr" / "secrets.kms"


def test_what_was_put_is_got_back_and_the_file_shows_names_only(kept, file):
    assert "is enabled; 0 secrets there" in kept.ready()
    kept.put("a/b", "first")
    kept.put("a/b", "second ü")
    stored = kept.get("a/b")
    assert (stored.value, stored.version, stored.written_at) == ("second ü", 2, NOW)
    assert "second" not in file.read_text("utf-8")
    assert list(kept.entries()) == ["a/b"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_each_write_has_a_data_key_of_its_own_that_kms_and_aes_alone_open(kept, aws, file):
    kept.put("a/b", "same")
    kept.put("c/d", "same")
    envelopes = json.loads(file.read_text("utf-8"))["secrets"]
    keys = []
    for name, each in envelopes.items():
        opened = aws.decrypt(
            CiphertextBlob=base64.b64decode(each["data_key"]), EncryptionContext={"enerqis:secret": name}
        )
        keys.append(opened["Plaintext"])
        bound = json.dumps(["enerqis/kms/1", name, 1, "2026-01-02T03:04:05+00:00"]).encode()
        plain = AESGCM(keys[-1]).decrypt(base64.b64decode(each["nonce"]), base64.b64decode(each["ciphertext"]), bound)
        assert plain == b"same"
    assert len({*keys}) == 2
    assert {len(each) for each in keys} == {32}


@pytest.mark.parametrize(
    "forge",
    [
        lambda secrets: secrets.update({"c/d": secrets["a/b"]}),
        lambda secrets: secrets["c/d"].update(written_at="2026-09-09T00:00:00+00:00"),
        lambda secrets: secrets["c/d"].update(version=9),
        lambda secrets: secrets["c/d"].update(ciphertext=secrets["a/b"]["ciphertext"]),
        lambda secrets: secrets["c/d"].update(ciphertext="AAAA"),
        lambda secrets: secrets["c/d"].update(data_key="AAAA"),
        lambda secrets: secrets["c/d"].update(nonce="no base64"),
    ],
)
def test_an_envelope_that_was_moved_or_changed_does_not_open(kept, file, forge):
    kept.put("a/b", "one")
    kept.put("c/d", "other")
    whole = json.loads(file.read_text("utf-8"))
    forge(whole["secrets"])
    file.write_text(json.dumps(whole), "utf-8")
    with pytest.raises(SetupError, match=r"was changed|Take the file back|InvalidCiphertext"):
        kept.get("c/d")
    assert kept.get("a/b").value == "one"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "enerqis/kms/1", "secrets": {"a/b": {}}}', "no json"])
def test_a_corrupt_file_is_said_and_left_alone(kept, file, content):
    file.write_text(content, "utf-8")
    with pytest.raises(SetupError, match=r"\.cbr/secrets\.kms: corrupt: not a file of enerqis/kms/1"):
        kept.put("a/b", "value")
    assert file.read_text("utf-8") == content


def test_a_disabled_key_is_said_before_anything_is_written(kept, aws, key, file):
    kept.put("a/b", "value")
    before = file.read_bytes()
    aws.disable_key(KeyId=key)
    with pytest.raises(SetupError, match=r"its state is Disabled\. Let its owner enable it"):
        kept.ready()
    assert file.read_bytes() == before
    aws.enable_key(KeyId=key)
    assert kept.get("a/b").value == "value"


@pytest.fixture
def refusing():
    """Return a service that answers every request with one of AWS's own refusals, and a way to say with which."""
    refusal = {}

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            refusal.setdefault("keys", []).append(asked["KeyId"])
            body = json.dumps({"__type": refusal["code"], "message": "as the service says it"}).encode()
            self.send_response(400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    with serving(Refusing) as server:
        yield f"http://127.0.0.1:{server.server_port}", refusal


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("DisabledException", "the key is disabled. Let its owner enable it"),
        ("KMSInvalidStateException", "the key cannot be used now"),
        ("AccessDeniedException", "needs kms:GenerateDataKey to write and kms:Decrypt to read"),
        ("UnrecognizedClientException", "the credentials are not known"),
        ("InvalidSignatureException", "the credentials are wrong"),
        ("UnsupportedOperationException", "as the service says it (UnsupportedOperationException)"),
    ],
)
def test_what_the_service_refuses_is_said_and_nothing_is_written(refusing, aws, kept, file, project, code, message):
    kept.put("a/b", "value")
    before = file.read_bytes()
    address, refusal = refusing
    refusal["code"] = code
    refused = _kept(address, "alias/any", project)
    for attempt in (lambda: refused.get("a/b"), lambda: refused.put("a/b", "new"), refused.rewrap):
        with pytest.raises(SetupError, match=re.escape(message)):
            attempt()
    assert file.read_bytes() == before


def test_only_the_key_of_the_policy_or_the_one_before_it_is_asked_to_open(refusing, kept, project):
    kept.put("a/b", "value")
    address, refusal = refusing
    refusal["code"] = "IncorrectKeyException"
    with pytest.raises(SetupError, match="made by another key"):
        _kept(address, "alias/now", project, previous="alias/before").get("a/b")
    assert refusal["keys"] == ["alias/now", "alias/before"]


@pytest.mark.parametrize("endpoint", ["http://kms.example.org", "http://127.0.0.1.example.org:80"])
def test_data_keys_do_not_travel_by_plain_http(endpoint, project):
    with pytest.raises(ValidationError, match="endpoint: secrets do not travel by plain http"):
        _kept(endpoint, "alias/any", project)


def test_a_key_that_is_not_there_and_a_service_that_does_not_answer_are_said(kms, aws, project):
    with pytest.raises(SetupError, match="there is no such key in this region"):
        _kept(kms, "11111111-2222-3333-4444-555555555555", project).put("a/b", "value")
    with pytest.raises(SetupError, match=r"cannot be reached \(connection refused\)"):
        _kept(f"http://127.0.0.1:{free_port()}", "alias/any", project).put("a/b", "value")
    with pytest.raises(SetupError, match=r"certificate of the service is not trusted|cannot be reached"):
        _kept(kms.replace("http:", "https:"), "alias/any", project).put("a/b", "value")


def test_the_service_is_asked_in_the_plain_past_every_proxy(aws, overheard, project):
    kept = _kept(f"http://127.0.0.1:{free_port()}", "alias/enerqis", project)
    with pytest.raises(SetupError, match=r"cannot be reached \(connection refused\)"):
        kept.ready()
    assert overheard == []


def test_nobody_logged_in_is_said(kept, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(SetupError, match=r"nobody is logged in to AWS"):
        kept.put("a/b", "value")


def test_a_new_key_takes_over_and_versions_stay(kms, aws, key, kept, project):
    kept.put("a/b", "value")
    new = _kept(kms, aws.create_key()["KeyMetadata"]["KeyId"], project, previous=key)
    assert new.rewrap() == 1
    aws.disable_key(KeyId=key)
    assert (new.get("a/b").value, new.get("a/b").version) == ("value", 1)


def test_an_older_version_and_a_missing_secret_are_said(kept):
    kept.put("a/b", "first")
    kept.put("a/b", "second")
    with pytest.raises(SetupError, match=r"version 1 is not in .*; the newest is 2"):
        kept.get("a/b", version=1)
    with pytest.raises(SetupError, match="no value in"):
        kept.get("c/d")
    with pytest.raises(SetupError, match="yours was not written"):
        kept.put("a/b", "third", after=1)
