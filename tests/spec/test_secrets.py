"""The policy of secrets: what hangs together in it, and that it has no place for a value."""

import pytest
from pydantic import ValidationError

from enerqis.spec.secrets import SecretsFile

RULE = {"purpose": "orders", "owner": "ops", "readers": ("broker",), "max_age_days": 90, "rotation": "by hand"}
WHOLE = {
    "format": "enerqis/secrets/1",
    "backend": "file",
    "backends": {"file": {"kind": "age"}},
    "readers": {"broker": "orders"},
    "secrets": {"broker/test/key": RULE},
}


def test_a_policy_needs_little():
    policy = SecretsFile.model_validate(WHOLE)
    assert policy.backends["file"].file == ".cbr/secrets.age"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"backend": "cellar"}, r"'cellar' is not one of backends: file"),
        (
            {"secrets": {"a/b": RULE | {"readers": ("nobody",)}}},
            r"secrets\.a/b\.readers: 'nobody' is not one of readers: broker",
        ),
        ({"secrets": {"a/b_c": RULE, "a_b/c": RULE}}, r"has the same variable as 'a/b_c'"),
        ({"secrets": {"broker": RULE}}, "pattern"),
        ({"secrets": {"a/b": RULE | {"value": "x"}}}, "Extra inputs are not permitted"),
        ({"secrets": {"a/b": RULE | {"owner": "somebody"}}}, "governance"),
        ({"secrets": {"a/b": RULE | {"max_age_days": 0}}}, "greater than 0"),
        (
            {"backends": {"file": {"kind": "vault", "address": "http://vault.example.org"}}},
            "do not travel by plain http",
        ),
        ({"allowed": ({"path": "a.txt", "fingerprint": "0" * 16, "reason": "because"},)}, "at least 10 characters"),
    ],
)
def test_what_does_not_hang_together_is_refused(change, message):
    with pytest.raises(ValidationError, match=message):
        SecretsFile.model_validate(WHOLE | change)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8200", "http://localhost:8200", "https://vault.example.org:8200"]
)
def test_plain_http_is_for_this_machine_only(address):
    found = SecretsFile.model_validate(WHOLE | {"backends": {"file": {"kind": "vault", "address": address}}})
    assert found.backends["file"].address == address
