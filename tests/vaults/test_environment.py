"""Secrets in variables: read by name, never written."""

import pytest

from enerqis.core.errors import SetupError
from enerqis.vaults.environment import Environment


def test_a_secret_is_the_variable_named_after_it():
    kept = Environment(variables={"ENERQIS_SECRET_BROKER_TEST_KEY": "s3cr3t-value-1"})
    assert kept.get("broker/test/key").value == "s3cr3t-value-1"


@pytest.mark.parametrize("variables", [{}, {"ENERQIS_SECRET_A_B": ""}])
def test_an_absent_or_empty_variable_is_named(variables):
    with pytest.raises(SetupError, match=r"secret://a/b: no value\. Set the environment variable ENERQIS_SECRET_A_B"):
        Environment(variables=variables).get("a/b")


def test_only_declared_names_that_are_set_are_listed():
    kept = Environment(["b/c", "a/b"], {"ENERQIS_SECRET_A_B": "x", "ENERQIS_SECRET_D_E": "y"})
    assert list(kept.entries()) == ["a/b"]


def test_what_needs_a_place_to_write_is_refused():
    with pytest.raises(SetupError, match=r"cannot be written\. Set ENERQIS_SECRET_A_B"):
        Environment().put("a/b", "x")
    with pytest.raises(SetupError, match="keeps no versions"):
        Environment(variables={"ENERQIS_SECRET_A_B": "x"}).get("a/b", version=2)
    with pytest.raises(SetupError, match="encrypts nothing"):
        Environment().rewrap()


def test_bytes_that_are_no_text_are_refused_and_not_shown():
    kept = Environment(variables={"ENERQIS_SECRET_A_B": b"canary\xff".decode("utf-8", "surrogateescape")})
    with pytest.raises(SetupError, match=r"secret://a/b: ENERQIS_SECRET_A_B is not UTF-8") as caught:
        kept.get("a/b")
    assert "canary" not in str(caught.value)
