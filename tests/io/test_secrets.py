"""References to secrets: what they resolve to, and that nothing shows the value."""

import pytest

from enerqis.core.errors import SetupError
from enerqis.io import secrets


def test_a_reference_resolves_from_the_variable_named_after_it(monkeypatch):
    monkeypatch.setenv("ENERQIS_SECRET_BROKER_ALPACA_KEY", "s3cr3t-value-1")
    assert secrets.resolve("secret://broker/alpaca/key") == "s3cr3t-value-1"


def test_an_absent_secret_names_its_variable_and_no_value():
    with pytest.raises(
        SetupError, match=r"secret://tracking/uri: no value\. Set the environment variable ENERQIS_SECRET_TRACKING_URI"
    ):
        secrets.resolve("secret://tracking/uri", {"ENERQIS_SECRET_OTHER": "other value"})


def test_an_empty_variable_is_an_absent_secret():
    with pytest.raises(SetupError, match="no value"):
        secrets.resolve("secret://a/b", {"ENERQIS_SECRET_A_B": ""})


@pytest.mark.parametrize(
    "reference", ["secret://a", "secret://A/B", "secret://a/../b", "secret://a//b", "secret:/a/b", "vault://a/b"]
)
def test_a_malformed_reference_is_refused_with_what_is_allowed(reference):
    with pytest.raises(SetupError, match=r"Allowed: secret://NAME/NAME"):
        secrets.variable(reference)


def test_a_resolved_value_never_passes_redaction():
    value = secrets.resolve("secret://a/b", {"ENERQIS_SECRET_A_B": "correct horse battery"})
    assert secrets.redact(f"connecting with {value}!") == "connecting with [redacted]!"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("api_key=abc123 next", "api_key=[redacted] next"),
        ("token: 'a b c', x", "token: [redacted], x"),
        ('{"password": "p4ss"}', '{"password": [redacted]}'),
        ("ENERQIS_SECRET_A_B=xyz", "ENERQIS_SECRET_A_B=[redacted]"),
        ("postgresql://user:pass@host/db", "postgresql://[redacted]@host/db"),
        ("key = secret://a/b", "key = secret://a/b"),
        ("api_key=secret://a/b", "api_key=secret://a/b"),
        ("fast_bars=10 close=3.5", "fast_bars=10 close=3.5"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_and_the_rest_is_left(text, shown):
    assert secrets.redact(text) == shown
