"""References to secrets, and that nothing shows a value that was resolved."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import markupsafe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerqis.core.errors import SetupError
from enerqis.io import secrets


@pytest.fixture
def canary():
    value = "correct horse/battery+staple?ü"
    secrets.remember(value)
    return value


def test_the_name_of_a_reference_is_what_follows_its_scheme():
    assert secrets.name_of("secret://broker/alpaca/key") == "broker/alpaca/key"


@pytest.mark.parametrize(
    "reference", ["secret://a", "secret://A/B", "secret://a/../b", "secret://a//b", "secret:/a/b", "vault://a/b"]
)
def test_a_malformed_reference_is_refused_with_what_is_allowed(reference):
    with pytest.raises(SetupError, match=r"Allowed: secret://NAME/NAME"):
        secrets.name_of(reference)


def test_a_resolved_value_never_passes_redaction(canary):
    assert secrets.redact(f"connecting with {canary}!") == "connecting with [redacted]!"


@pytest.mark.parametrize(
    "encoded",
    [
        lambda value: quote(value),
        lambda value: quote(value, safe=""),
        lambda value: quote_plus(value),
        lambda value: re.sub("%..", lambda each: each[0].lower(), quote(value, safe="")),
        lambda value: json.dumps(value),
        lambda value: repr([value]),
        lambda value: value.encode().hex(),
        lambda value: value.encode().hex().upper(),
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    ],
)
def test_a_resolved_value_is_hidden_however_it_is_encoded(canary, encoded):
    text = encoded(canary)
    shown = secrets.hide_values(f"<{text}>")
    assert secrets.HIDDEN in shown
    assert len(shown.replace(secrets.HIDDEN, "")) <= 8


@pytest.mark.parametrize("escape", [html.escape, lambda value: html.escape(value, quote=False), markupsafe.escape])
def test_a_value_is_hidden_as_a_page_shows_it(escape):
    value = "a<b>&\"c'd-canary"
    secrets.remember(value)
    assert secrets.hide_values(f"<td>{escape(value)}</td>") == "<td>[redacted]</td>"


@pytest.mark.parametrize("word", ["secret", "token", "api_key-", "a.", "x", "token=", "x://"])
def test_a_long_word_is_read_in_time_that_grows_with_it_alone(word):
    text = word * 20_000  # a repetition within a repetition would take days
    assert secrets.redact(f"{text} password=hunter2").endswith(" password=[redacted]")


def test_hiding_never_fails_whatever_a_value_holds():
    value = b"canary\xff of bytes".decode("utf-8", "surrogateescape")
    secrets.remember(value)
    assert secrets.redact(f"got {value!r} and {value}") == "got '[redacted]' and [redacted]"


def test_a_value_that_was_kept_with_blanks_around_it_is_hidden_without_them():
    secrets.remember(" padded-canary-17 ")
    assert secrets.hide_values("token padded-canary-17.") == "token [redacted]."


@given(before=st.binary(max_size=5), after=st.binary(max_size=5))
def test_a_value_inside_a_longer_text_is_found_in_its_base64(before, after):
    whole = base64.b64encode(before + b"0123456789abcdef" + after).decode()
    assert any(form in whole for form in secrets.forms("0123456789abcdef"))


def test_the_password_of_an_address_is_hidden_by_itself_too():
    secrets.remember("postgresql://reader:{}@db.example.org/trials".format("open-sesame-77"))
    assert secrets.redact("cannot log in with open-sesame-77 there") == "cannot log in with [redacted] there"


def test_what_an_address_encodes_is_hidden_decoded_too():
    secrets.remember("postgresql://reader:" + "p%40ss%2Fcanary@db.example.org/trials")
    assert secrets.redact("the server refused p@ss/canary") == "the server refused [redacted]"


def test_each_line_of_a_value_is_hidden():
    secrets.remember("-- first line of a key --\nsecond-line-of-a-key")
    assert "second-line" not in secrets.redact("parser stopped at second-line-of-a-key")


def test_a_value_too_short_to_be_told_from_words_is_left():
    assert secrets.forms("abc") == ()


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
        ("secret://broker/test/secret: no value", "secret://broker/test/secret: no value"),
        (".cbr/secrets.yaml: not there", ".cbr/secrets.yaml: not there"),
        ("secret: 77", "secret: [redacted]"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_and_the_rest_is_left(text, shown):
    assert secrets.redact(text) == shown
