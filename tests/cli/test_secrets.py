"""`enerqis secrets`: what is written, what is shown, what never is."""

import io
import sys

import pytest

from enerqis.cli.main import main
from enerqis.governance.audit_log import read_log
from enerqis.io.project import Project
from tests.governance.test_secret_shapes import PLANTED

CONFIG_FILE = ".cbr/secrets.yaml"
VALUE = "value-of-the-broker-key"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return the folder of a project without a policy yet, whose secrets will lie in an encrypted file."""
    monkeypatch.setenv("ENERQIS_AGE_IDENTITY_FILE", str(tmp_path / "home" / "identity.txt"))
    monkeypatch.setenv("ENERQIS_SECRETS_BACKEND", "file")
    folder = tmp_path / "project"
    (folder / "conf").mkdir(parents=True)
    (folder / "params.yaml").write_text("datasets: []\n", "utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    return folder


@pytest.fixture
def begun(project, capsys):
    assert main(["secrets", "init"]) == 0
    capsys.readouterr()
    return project


@pytest.fixture
def typed(monkeypatch):
    """Return a way to say what standard input holds."""

    def _typed(text):
        content = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return _typed


def test_init_writes_a_skeleton_and_what_the_backend_needs_and_is_repeatable(project, capsys):
    assert main(["secrets", "init"]) == 0
    said = capsys.readouterr().out
    assert f"wrote {CONFIG_FILE}" in said
    assert "keep a copy where you keep keys" in said
    assert (project / CONFIG_FILE).read_text("utf-8").count("broker/test/") == 3
    before = (project / ".cbr" / "secrets.age").read_bytes()
    assert main(["secrets", "init"]) == 0
    assert capsys.readouterr().out == "file: .cbr/secrets.age opens\n"
    assert (project / ".cbr" / "secrets.age").read_bytes() == before


def test_a_value_is_read_from_standard_input_and_shown_on_demand_only(begun, typed, capsys):
    typed(VALUE + "\n")
    assert main(["secrets", "put", "broker/test/key"]) == 0
    assert main(["secrets", "get", "broker/test/key"]) == 0
    assert main(["secrets", "list"]) == 0
    assert main(["secrets", "check"]) == 0
    assert main(["secrets", "get", "broker/test/key", "--reveal"]) == 1
    captured = capsys.readouterr()
    assert VALUE not in captured.out + captured.err
    assert "version 1 in .cbr/secrets.age" in captured.out
    assert "no terminal reads this" in captured.err
    assert main(["secrets", "get", "broker/test/key", "--reveal", "--pipe"]) == 0
    assert capsys.readouterr().out == VALUE + "\n"


def test_a_value_is_never_a_word_of_the_command(begun, capsys):
    with pytest.raises(SystemExit):
        main(["secrets", "put", "broker/test/key", VALUE, f"--value={VALUE}"])
    said = capsys.readouterr().err
    assert "unrecognized arguments, not repeated here: a value is never a word" in said
    assert VALUE not in said


def test_a_value_of_several_lines_comes_back_as_it_was(begun, typed, capsys):
    typed("line one\r\nline two\n\n")
    assert main(["secrets", "put", "broker/test/secret"]) == 0
    capsys.readouterr()
    assert main(["secrets", "get", "broker/test/secret", "--reveal", "--pipe"]) == 0
    assert capsys.readouterr().out == "line one\r\nline two\n\n"


def test_a_person_at_a_terminal_is_asked_twice(begun, monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    answers = iter(["one value", "another value", "one value", "one value"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    assert main(["secrets", "put", "broker/test/key"]) == 1
    assert "the two values differ; nothing was written" in capsys.readouterr().err
    assert main(["secrets", "put", "broker/test/key"]) == 0


@pytest.mark.parametrize("text", ["", "\n", "  \n"])
def test_an_empty_value_is_refused(begun, typed, capsys, text):
    typed(text)
    assert main(["secrets", "put", "broker/test/key"]) == 1
    assert "an empty value; nothing was written" in capsys.readouterr().err


def test_bytes_that_are_no_text_are_refused_and_not_shown(begun, typed, capsys):
    typed(b"canary\x85\xff of bytes")
    assert main(["--debug", "secrets", "put", "broker/test/key"]) == 1
    said = capsys.readouterr().err
    assert "not UTF-8; nothing was written" in said
    assert "canary" not in said


def test_an_undeclared_name_is_refused_with_the_nearest(begun, typed, capsys):
    typed(VALUE)
    assert main(["secrets", "put", "broker/test/kee"]) == 1
    assert "Did you mean 'broker/test/key'?" in capsys.readouterr().err


def test_rotate_wants_another_value_and_says_what_comes_next(begun, typed, capsys):
    typed(VALUE)
    main(["secrets", "put", "broker/test/key"])
    typed(VALUE)
    assert main(["secrets", "rotate", "broker/test/key"]) == 1
    typed(VALUE + "-2")
    assert main(["secrets", "rotate", "broker/test/key"]) == 0
    captured = capsys.readouterr()
    assert "the new value is the old one" in captured.err
    assert "now: make a second key at the broker" in captured.err
    assert "version 2" in captured.out
    (entry,) = read_log(Project(begun)).entries
    assert (entry.event, entry.subject) == ("rotate", "secret/broker/test/key")
    assert entry.facts == {"backend": "file", "version": 2, "before": 1}


def test_nothing_is_rotated_where_the_log_could_not_tell_of_it(begun, typed, capsys):
    typed(VALUE)
    main(["secrets", "put", "broker/test/key"])
    (begun / ".cbr" / "audit_log.json").write_text('{"format": "enerqis/audit-log/1", "entries": [', "utf-8")
    before = (begun / ".cbr" / "secrets.age").read_bytes()
    assert main(["secrets", "rotate", "broker/test/key", "--generate"]) == 1
    assert main(["secrets", "rotate", "--keys"]) == 1
    assert "audit" in capsys.readouterr().err
    assert (begun / ".cbr" / "secrets.age").read_bytes() == before


def test_a_value_too_short_to_be_hidden_is_said(begun, typed, capsys):
    typed("sa")
    assert main(["secrets", "put", "database/test/user"]) == 0
    assert "fewer than 4 characters: messages and logs cannot hide it" in capsys.readouterr().err


def test_rotate_lets_chance_choose_and_encrypts_anew(begun, capsys):
    assert main(["secrets", "put", "database/test/password", "--generate"]) == 0
    assert main(["secrets", "get", "database/test/password", "--reveal", "--pipe"]) == 0
    first = capsys.readouterr().out.splitlines()[-1]
    assert main(["secrets", "rotate", "database/test/password", "--generate"]) == 0
    assert main(["secrets", "rotate", "--keys"]) == 0
    assert ".cbr/secrets.age: 1 secrets encrypted anew" in capsys.readouterr().out
    assert main(["secrets", "get", "database/test/password", "--reveal", "--pipe"]) == 0
    second = capsys.readouterr().out.splitlines()[-1]
    assert first != second
    assert len(first) == len(second) == 43
    assert main(["secrets", "rotate"]) == 1
    assert "say the NAME of a secret" in capsys.readouterr().err


def test_check_names_what_a_spec_refers_to_and_nobody_wrote(begun, capsys):
    (begun / "conf" / "tracking").mkdir()
    (begun / "conf" / "tracking" / "team.yaml").write_text("tracking_uri: secret://tracking/uri\n", "utf-8")
    assert main(["secrets", "check"]) == 1
    captured = capsys.readouterr()
    assert "fault: secret://tracking/uri: no value (conf/tracking/team.yaml:1 refers to it)" in captured.out
    assert ".cbr/secrets.age: 1 to mend" in captured.err


def test_policy_draws_for_the_vault_that_is_configured(begun, capsys):
    assert main(["secrets", "policy", "broker"]) == 0
    assert 'path "secret/data/enerqis/broker/test/key"' in capsys.readouterr().out
    path = begun / CONFIG_FILE
    vault = "  team:\n    kind: vault\n    address: https://vault.example.org:8200\n"
    path.write_text(path.read_text("utf-8").replace(vault, ""), "utf-8")
    assert main(["secrets", "policy", "broker"]) == 1
    assert "no backend of kind vault" in capsys.readouterr().err


def test_scan_finds_a_shape_and_a_stored_value_and_shows_neither(begun, typed, capsys):
    typed(VALUE)
    main(["secrets", "put", "broker/test/key"])
    assert main(["secrets", "scan"]) == 0
    (begun / "notes.md").write_text(f"the key is {VALUE}\n{PLANTED['AWS access key']}\n", "utf-8")
    assert main(["secrets", "scan"]) == 1
    assert main(["secrets", "scan", "--values", "notes.md"]) == 1
    captured = capsys.readouterr()
    assert "notes.md:2:1: AWS access key (fingerprint " in captured.out
    assert "notes.md:1:1: value of a stored secret" in captured.out
    assert VALUE not in captured.out
    assert PLANTED["AWS access key"] not in captured.out
    assert main(["secrets", "scan", "absent.md"]) == 1
    assert "absent.md: no such file" in capsys.readouterr().err


def test_without_a_policy_every_action_says_what_makes_one(project, capsys):
    assert main(["secrets", "list"]) == 1
    assert "Make it with 'enerqis secrets init'" in capsys.readouterr().err
