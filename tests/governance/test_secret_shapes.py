"""Every known shape is found, what only looks random is not. Planted texts are put together here, never written out."""

import base64
import hashlib
import random

import pytest

from enerqis.governance.secret_shapes import entropy, fingerprint, matches

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def chance(length, letters=LETTERS, seed=7):
    return "".join(random.Random(seed).choices(letters, k=length))


UPPER = LETTERS[:26] + "234567"
PLANTED = {
    "private key": "-----BEGIN OPENSSH PRIVATE KEY" + "-----\n" + chance(64) + "\n",
    "age identity": "AGE-SECRET-" + "KEY-1" + chance(58, UPPER),
    "AWS access key": "AK" + "IA" + chance(16, UPPER),
    "Vault token": "hv" + "s." + chance(90),
    "Vault token (OpenBao)": "s" + "." + chance(24),
    "GitHub token": "gh" + "p_" + chance(36),
    "GitHub token (fine)": "github" + "_pat_" + chance(60),
    "GitLab token": "gl" + "pat-" + chance(20),
    "Slack token": "xo" + "xb-" + chance(40, "0123456789"),
    "Stripe key": "sk" + "_live_" + chance(24),
    "Google key": "AI" + "za" + chance(35),
    "web token": ".".join(["ey" + "J" + chance(20), "ey" + "J" + chance(40), chance(40)]),
    "password in an address": "postgresql://reader:" + chance(10) + "@db.example.org/trials",
    "random value under a secret's name": 'aws_secret_access_key = "' + chance(40) + '"',
    "random value under a secret's name (hex)": "api_key: " + chance(32, "0123456789abcdef"),
    "random value under a secret's name (member)": f'config.client_secret = "{chance(64, "0123456789abcdef")}"',
    "random value under a secret's name (JSON)": '"client_secret": "' + chance(32) + '"',
    "random value under a secret's name (punctuation)": "PASSWORD=" + "Tr0ub4dor&" + "3xKk2Lm9Qq",
    "random value under a secret's name (short)": 'db_password: "' + "k3#Vq9!" + 'Zt1xW"',
    "random value under a secret's name (shell)": "export DB_PASSWORD=" + chance(24),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_at_its_line_and_not_shown(kind):
    planted = PLANTED[kind]
    (found,) = matches(f"first line\n# a comment\n{planted}\nlast\n".encode())
    assert found.kind == kind.partition(" (")[0]
    assert found.line == 3
    assert planted not in str(found)


def test_a_shape_is_found_inside_binary_bytes():
    content = b"PAR1\0\1\2" + PLANTED["Vault token"].encode() + b"\0\xff"
    assert [each.kind for each in matches(content)] == ["Vault token"]


SHA = hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        f"    --hash=sha256:{SHA} \\",
        f"md5: {SHA[:32]}",
        f'"result_sha256": "{SHA}"',
        f'"key": "{SHA}", "signature": "{base64.b64encode(SHA.encode()).decode()}"',
        f"integrity: sha256-{base64.b64encode(bytes.fromhex(SHA)).decode()}",
        "tokenizers==0.22.1 \\",
        "api_key: secret://broker/alpaca/key",
        "api_key=os.environ['BROKER_API_KEY_OF_THE_TEAM_2']",
        'password = getpass.getpass("value of the password: ")',
        "tracking_uri=postgresql://USER:PASSWORD@HOST/DATABASE",
        "postgresql://[redacted]@db.example.org/trials",
        "token: secret-reference-of-the-first-broker",
        "-----BEGIN PRIVATE KEY" + "----- is how it begins",
        "PASSWORD=${TEAM_PASSWORD:-Tr0ub4dor}&Other1",
        "token_url=https://Example.org/a1?b=C2&d=E3",
        "tokens=Counter(Words1[2], other=True)",
        "self.assertEqual(s.replace(old), b.format(x), r.readlines())",
        "ENERQIS_SECRET_BROKER_TEST_KEY=",
        "password_file = conf/credentials/broker_2/password_file.txt",
    ],
)
def test_hashes_references_and_words_are_no_secrets(text):
    assert list(matches(text.encode())) == []


def test_a_fingerprint_is_of_one_text():
    assert fingerprint(b"a") == fingerprint(b"a") != fingerprint(b"b")
    assert len(fingerprint(b"a")) == 16


def test_entropy_is_shannons():
    assert entropy("aaaa") == 0
    assert entropy("abab") == 1
    assert entropy("abcdefgh") == 3


def test_the_digest_of_a_module_about_secrets_is_none_and_the_same_value_elsewhere_is():
    digest = hashlib.sha256(b"a module").hexdigest()
    for module in ("enerqis.io.secrets", "enerqis.io.secret_uses", "enerqis_plugins.connectors.my_tokens"):
        assert list(matches(f'  "{module}": "{digest}",\n'.encode())) == []
    for line in (
        f'"secrets": "{digest}"',
        f'"broker.io.secrets": "{digest}"',
        f'"enerqis.io.secrets": "{digest[:48]}"',
    ):
        assert len(list(matches(line.encode()))) == 1


def test_a_long_word_before_an_address_is_read_in_time_that_grows_with_it_alone():
    found = list(matches(b"ab.+" * 100_000 + b"://u:pa55" + b"word@host"))
    assert [each.kind for each in found] == ["password in an address"]
