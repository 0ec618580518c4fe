"""One backend answers, and the policy is asked first."""

import traceback

import pytest

from enerqis.core.errors import ConfigError, SetupError
from enerqis.io.project import Project
from enerqis.io.secrets import redact
from enerqis.vaults.resolving import resolve
from tests.vaults.conftest import write_policy


def test_a_reference_resolves_where_the_policy_lets_its_reader(project, monkeypatch):
    address = "postgresql://u:{}@h/d".format("pw-of-ledger")
    monkeypatch.setenv("ENERQIS_SECRET_LEDGER_URI", address)
    assert resolve("secret://ledger/uri", project, reader="ledger") == address
    assert "pw-of-ledger" not in redact("pw-of-ledger")


def test_another_reader_is_refused_before_the_backend_is_asked(project):
    with pytest.raises(SetupError, match=r"'tracking' may not read it\. Its readers are ledger"):
        resolve("secret://ledger/uri", project, reader="tracking")


def test_an_undeclared_secret_is_refused_by_name(project, monkeypatch):
    monkeypatch.setenv("ENERQIS_SECRET_OTHER_ONE", "value")
    with pytest.raises(SetupError, match=r"secret://other/one: not one of 'secrets' in \.cbr/secrets\.yaml"):
        resolve("secret://other/one", project, reader="ledger")


def test_a_project_without_a_policy_reads_its_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ENERQIS_SECRET_A_B", "value of a b")
    assert resolve("secret://a/b", Project(tmp_path), reader="ledger") == "value of a b"


def test_a_variable_chooses_another_backend_and_nothing_falls_back(project, monkeypatch):
    monkeypatch.setenv("ENERQIS_SECRET_LEDGER_URI", "in the environment")
    monkeypatch.setenv("ENERQIS_SECRETS_BACKEND", "file")
    with pytest.raises(SetupError, match=r"secret://ledger/uri: no value in \.cbr/secrets\.age"):
        resolve("secret://ledger/uri", project, reader="ledger")
    monkeypatch.setenv("ENERQIS_SECRETS_BACKEND", "cellar")
    with pytest.raises(SetupError, match=r"ENERQIS_SECRETS_BACKEND=cellar: not one of backends .*: environment, file"):
        resolve("secret://ledger/uri", project, reader="ledger")


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("x: {kind: cellar}", "backends.x"),
        ("x: {kind: vault, address: 'http://vault.example.org:8200'}", "secrets do not travel by plain http"),
        ("x: {kind: age, file: ../outside.age}", "backends.x.age.file"),
        ("x: {kind: age, file: /etc/secrets.age}", "backends.x.age.file"),
        ("x: {kind: vault, address: 'https://user:pw@host'}", "backends.x.vault.address"),
    ],
)
def test_a_policy_that_breaks_its_rules_is_refused(project, extra, message):
    write_policy(project, "environment", extra)
    with pytest.raises(ConfigError, match=message):
        resolve("secret://ledger/uri", project, reader="ledger")


def test_a_value_that_somebody_wrote_into_the_policy_is_refused_and_not_quoted(project):
    path = project.root / ".cbr" / "secrets.yaml"
    path.write_text(path.read_text("utf-8").replace("purpose: runs", "value: do-not-show-me, purpose: runs"), "utf-8")
    with pytest.raises(ConfigError, match=r"secrets\.tracking/uri\.value: Extra inputs are not permitted") as caught:
        resolve("secret://ledger/uri", project, reader="ledger")
    assert "do-not-show-me" not in "".join(traceback.format_exception(caught.value))
