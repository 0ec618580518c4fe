"""Keys are files of their owner outside the repository; a signature is of one text by one key."""

import base64
import stat

import pytest

from enerqis.core.errors import SetupError
from enerqis.governance.signing import is_signed, load_key, new_key_file, public_text, sign

# RFC 8032, section 7.1, test 2: one byte, its public key and its signature
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def _text(hexadecimal):
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def test_the_signature_of_the_standard_holds_for_its_byte_and_for_no_other():
    key, signature = f"ed25519:{_text(PUBLIC)}", _text(SIGNATURE)
    assert is_signed(b"\x72", signature=signature, key=key)
    assert not is_signed(b"\x73", signature=signature, key=key)
    assert not is_signed(b"\x72", signature="no base64", key=key)


def test_a_new_key_is_its_owners_alone_and_signs(tmp_path):
    (tmp_path / "repo").mkdir()
    file = tmp_path / "mine" / "key.pem"
    public = new_key_file(file, outside=tmp_path / "repo")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = load_key(file, outside=tmp_path / "repo")
    assert public_text(key) == public
    assert is_signed(b"yes", signature=sign(key, b"yes"), key=public)


def test_no_private_key_is_written_into_the_repository_not_even_through_a_link(tmp_path):
    (tmp_path / "repo" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "repo" / "deep")
    for file in (tmp_path / "repo" / "key.pem", tmp_path / "link" / "key.pem"):
        with pytest.raises(SetupError, match="inside the repository"):
            new_key_file(file, outside=tmp_path / "repo")
        assert not file.exists()


def test_a_key_is_not_written_over(tmp_path):
    file = tmp_path / "key.pem"
    new_key_file(file, outside=tmp_path / "repo")
    with pytest.raises(SetupError, match="exists; no key is ever written over"):
        new_key_file(file, outside=tmp_path / "repo")


def test_a_key_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "key.pem"
    new_key_file(file, outside=tmp_path / "repo")
    file.chmod(0o644)
    with pytest.raises(SetupError, match=r"others can read this private key \(mode 0644\)"):
        load_key(file, outside=tmp_path / "repo")


def test_what_is_no_key_is_refused_by_name(tmp_path):
    with pytest.raises(SetupError, match="no private key"):
        load_key(tmp_path / "none.pem", outside=tmp_path / "repo")
    (tmp_path / "text.pem").write_text("hello", encoding="utf-8")
    (tmp_path / "text.pem").chmod(0o600)
    with pytest.raises(SetupError, match="not a private key in PEM"):
        load_key(tmp_path / "text.pem", outside=tmp_path / "repo")
