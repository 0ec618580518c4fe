"""Ways to cheat with approvals, authors and approvers: each changes a desk at the state sandbox, with Bob's approval for paper
committed, and the promotion that follows has to be refused with the words beside it."""

from datetime import timedelta

from enerqis.governance import approvals
from enerqis.governance.signing import new_key_file
from enerqis.pipeline.registering import demote
from tests.governance.attack import Attack, bobs, edit, edited, file_of, forge
from tests.governance.desk import NAME, NOON, go, sign
from tests.governance.ledger_of_states import commit, git

UNCOMMITTED = edited(".cbr/approvers.yaml", "max_valid_days: 30", "max_valid_days: 300")


def _edited_approval(project):
    path = file_of(project, bobs(project))
    edit(path, '"expires": "2026-03-16', '"expires": "2026-03-30')
    return go(project)


def _edited_and_renamed_approval(project):
    held = bobs(project)
    later = held.approval.model_copy(update={"expires": "2026-03-30T12:00:00Z"})
    file_of(project, held).unlink()
    approvals.write(project, later)
    return go(project)


def _expired_approval(project):
    return go(project, when=NOON + timedelta(days=15))


def _endless_approval(project):
    forge(project, key_of="bob", expires="2036-03-16T12:00:00Z")
    return go(project)


def _self_approval(project):
    forge(project, key_of="ada", approver="ada")
    return go(project)


def _unknown_key(project):
    new_key_file(project.root.parent / "keys" / "eve.pem", outside=project.root)
    forge(project, key_of="eve")
    return go(project)


def _wrong_role(project):
    forge(project, key_of="dan", approver="dan")
    return go(project)


def _planted_key(project):
    _name_eve(project)
    forge(project, key_of="eve", approver="eve")
    return go(project)


def _name_eve(project, email="ada@example.org"):
    key = new_key_file(project.root.parent / "keys" / "eve.pem", outside=project.root)
    person = f"  - name: eve\n    emails: [eve@example.org]\n    roles: [governance]\n    key: {key}\n"
    _edited_approvers(project, "people:\n", f"people:\n{person}", email=email)


def _other_name_for_oneself(project):
    (project.root / ".mailmap").write_text("Eve <eve@example.org> <ada@example.org>\n", encoding="utf-8")
    commit(project.root, "names", email="ada@example.org")
    return _self_approval(project)


def _helper_of_a_plugin(project):
    return _wrong_role(project)


def _renamed_file(project):
    """Bob writes a limit's file, Cleo gives it another name, and Bob approves."""
    old, new = (project.conf / "risk" / f"{name}.yaml" for name in ("house", "firm"))
    old.write_text(old.read_text(encoding="utf-8") + "# the house's own\n", encoding="utf-8")
    commit(project.root, "house", email="bob@example.org")
    git(project.root, "mv", str(old), str(new))
    edit(project.conf / "risk" / "desk.yaml", "- house", "- firm")
    commit(project.root, "a better name", email="cleo@example.org")
    return go(project)


def _edited_approvers(project, old, new, email="ada@example.org"):
    edit(project.root / ".cbr" / "approvers.yaml", old, new)
    commit(project.root, "approvers", email=email)


def _hidden_address(project):
    _edited_approvers(project, "emails: [ada@example.org]", "emails: [someone@example.org]")
    return _self_approval(project)


def _friend_in_a_role(project):
    _edited_approvers(project, "roles: [infrastructure]", "roles: [governance]")
    return _wrong_role(project)


def _longer_approvals(project):
    _edited_approvers(project, "max_valid_days: 30", "max_valid_days: 300")
    return go(project)


def _approvers_changed_behind_git(project):
    git(project.root, "update-index", "--assume-unchanged", ".cbr/approvers.yaml")
    return UNCOMMITTED(project)


def _clock_set_back(project):
    demote(project, "strategy/sma_cross", to="retired", reason="old", when=NOON + timedelta(days=40))
    return go(project, when=NOON + timedelta(days=1))


def _friend_by_an_accomplice(project):
    _name_eve(project, email="zoe@example.org")
    forge(project, key_of="eve", approver="eve", loosens=("approvers.people.eve",))
    return go(project)


def _fewer_by_an_accomplice(project):
    _edited_approvers(project, "approvals: 2", "approvals: 1", email="zoe@example.org")
    return go(project)


def _list_changed_after_the_word(project):
    _edited_approvers(project, "approvals: 2", "approvals: 1", email="zoe@example.org")
    sign(project, by="cleo", loosens=("approvers.edges.live.approvals",))
    _edited_approvers(project, "roles: [infrastructure]", "roles: [governance]", email="zoe@example.org")
    return go(project)


def _override_of_what_blocks(project):
    sign(project, by="cleo", overrides=("luck",))


def _approval_of_another_decision(project):
    forge(project, key_of="bob", gate_sha256="0" * 64)
    return go(project)


def _approval_from_before_a_demotion(project):
    demote(project, NAME, to="candidate", reason="it drifted", when=NOON)
    go(project)
    return go(project)


def _skipped_step(project):
    return go(project, to="live")


BY_PEOPLE = (
    Attack("edit an approval: make it hold longer", "it was edited", _edited_approval),
    Attack(
        "edit it and name the file by its new content",
        "it was edited after it was signed: the signature is not of this text by this key",
        _edited_and_renamed_approval,
    ),
    Attack("use an approval after it expired", "it expired at 2026-03-16T12:00:00Z", _expired_approval),
    Attack("sign one that holds ten years", "it holds longer than 30 days", _endless_approval),
    Attack("approve what one wrote", "and the author cannot approve", _self_approval),
    Attack("sign by a key that nobody knows", "its key is not that of 'bob'", _unknown_key),
    Attack("sign in a role that has no say", "dan is infrastructure; this needs", _wrong_role),
    Attack(
        "name a friend as approver oneself",
        "the key of eve was put into .cbr/approvers.yaml by ada@example.org",
        _planted_key,
    ),
    Attack("approve what one wrote, called another in .mailmap", "ada wrote a part of it", _other_name_for_oneself),
    Attack("approve what uses a helper module that one wrote", "dan wrote a part of it", _helper_of_a_plugin),
    Attack("have a file renamed that one wrote", "bob wrote a part of it", _renamed_file),
    Attack(
        "take one's own address out of the approvers",
        "the list of addresses of ada was put into .cbr/approvers.yaml by ada@example.org",
        _hidden_address,
    ),
    Attack(
        "give a friend the role oneself",
        "the list of roles of dan was put into .cbr/approvers.yaml by ada@example.org",
        _friend_in_a_role,
    ),
    Attack(
        "let approvals hold longer oneself",
        "the rule max_valid_days was put into .cbr/approvers.yaml by ada@example.org",
        _longer_approvals,
    ),
    Attack("change the approvers without a commit", ".cbr/approvers.yaml is not committed", UNCOMMITTED),
    Attack(
        "change them, and have git take the file for unchanged",
        ".cbr/approvers.yaml is not committed",
        _approvers_changed_behind_git,
    ),
    Attack(
        "have a friend named by somebody who wrote nothing, and let the friend agree to it",
        "a looser approvers.people.eve: none -> there needs 1 approval by governance or master_control",
        _friend_by_an_accomplice,
    ),
    Attack(
        "have somebody who wrote nothing ask for fewer approvals",
        "a looser approvers.edges.live.approvals: 2 -> 1 needs 1 approval by governance or master_control",
        _fewer_by_an_accomplice,
    ),
    Attack(
        "change the approvers once more after somebody agreed to a change",
        "it is for another list of approvers",
        _list_changed_after_the_word,
    ),
    Attack(
        "override a gate that blocks",
        "gate 'luck' does not fail, or its severity is not 'asks': it cannot be overridden",
        _override_of_what_blocks,
    ),
    Attack(
        "set the clock back to before an approval ended",
        "it expired at 2026-03-16T12:00:00Z, and the audit log is at 2026-04-11T12:00:00Z already",
        _clock_set_back,
    ),
    Attack(
        "use an approval of another decision of the gates",
        "it is for another decision of the gates",
        _approval_of_another_decision,
    ),
    Attack(
        "demote, and promote again by the old approval",
        "it was given before the demotion",
        _approval_from_before_a_demotion,
    ),
    Attack("skip a step", "the next step is paper, not live. A promotion goes one step", _skipped_step),
)


def _author_signs_for_live(project):
    sign(project, by="ada", to="live")


def _planted_key_for_live(project):
    _name_eve(project)
    sign(project, by="eve", to="live")


def _fewer_approvals_for_live(project):
    _edited_approvers(project, "approvals: 2", "approvals: 1")
    sign(project, to="live")


AT_PAPER = (
    Attack("approve for live what one wrote before paper", "ada wrote a part of it", _author_signs_for_live),
    Attack(
        "name a friend as approver after paper",
        "the key of eve was put into .cbr/approvers.yaml by ada@example.org",
        _planted_key_for_live,
    ),
    Attack(
        "ask for fewer approvals oneself",
        "the rule edges.live was put into .cbr/approvers.yaml by ada@example.org",
        _fewer_approvals_for_live,
    ),
)
