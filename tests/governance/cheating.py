"""Ways to get something promoted that should not be: each changes a desk at the state sandbox, with Bob's approval for paper
committed, and the promotion that follows has to be refused with the words beside it."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from enerqis.core.errors import StageError
from enerqis.governance import approvals
from enerqis.governance.audit_log import append, log_path, read_log
from enerqis.governance.signing import load_key, new_key_file, public_text
from enerqis.io.audit_file import Log, text_of
from enerqis.io.sealed_zip import opened, sealed
from enerqis.pipeline import api, receipts
from enerqis.pipeline.package_checks import check
from enerqis.pipeline.packaging import pack
from enerqis.pipeline.packaging import record as record_package
from enerqis.pipeline.promoting import promote
from enerqis.pipeline.recording import record as record_trials
from enerqis.pipeline.registering import bring_up_to_date, demote, record
from enerqis.pipeline.resolve import resolve
from enerqis.spec.approval import ApprovalTerms
from enerqis.tracking.ledger import open_ledger
from enerqis.tracking.trial import Trial
from tests.governance.desk import DATASET, NAME, NOON, go, sign
from tests.governance.ledger_of_states import commit, git


class Attack(NamedTuple):
    """One way to cheat: what is done, and what the refusal says of it."""

    way: str
    said: str
    attack: Callable[[object], object]


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} has no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _bobs(project):
    return next(each for each in approvals.read_all(project) if each.approval.approver == "bob")


def _file(project, held):
    return project.root / approvals.FOLDER / f"{held.id}.json"


def _forge(project, *, key_of, **changes):
    """Put an approval like Bob's in the place of his, signed by somebody's key, with the entry that `approve` would write."""
    bobs = _bobs(project)
    key = load_key(project.root.parent / "keys" / f"{key_of}.pem", outside=project.root)
    terms = {**bobs.approval.model_dump(exclude={"signature"}), "key": public_text(key), **changes}
    _file(project, bobs).unlink()
    forged = approvals.signed(ApprovalTerms(**terms), key)
    facts = {"approval": approvals.write(project, forged), "identity": forged.run_id, "to": forged.to_state}
    append(project, "approve", subject=f"experiment/{NAME}", facts=facts, when=NOON)


def _edited_approval(project):
    path = _file(project, _bobs(project))
    _edit(path, '"expires": "2026-03-16', '"expires": "2026-03-30')
    return go(project)


def _edited_and_renamed_approval(project):
    bobs = _bobs(project)
    later = bobs.approval.model_copy(update={"expires": "2026-03-30T12:00:00Z"})
    _file(project, bobs).unlink()
    approvals.write(project, later)
    return go(project)


def _expired_approval(project):
    return go(project, when=NOON + timedelta(days=15))


def _endless_approval(project):
    _forge(project, key_of="bob", expires="2036-03-16T12:00:00Z")
    return go(project)


def _self_approval(project):
    _forge(project, key_of="ada", approver="ada")
    return go(project)


def _unknown_key(project):
    new_key_file(project.root.parent / "keys" / "eve.pem", outside=project.root)
    _forge(project, key_of="eve")
    return go(project)


def _wrong_role(project):
    _forge(project, key_of="dan", approver="dan")
    return go(project)


def _planted_key(project):
    _name_eve(project)
    _forge(project, key_of="eve", approver="eve")
    return go(project)


def _name_eve(project):
    key = new_key_file(project.root.parent / "keys" / "eve.pem", outside=project.root)
    person = f"  - name: eve\n    emails: [eve@example.org]\n    roles: [governance]\n    key: {key}\n"
    _edited_approvers(project, "people:\n", f"people:\n{person}")


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
    _edit(project.conf / "risk" / "desk.yaml", "- house", "- firm")
    commit(project.root, "a better name", email="cleo@example.org")
    return go(project)


def _edited_approvers(project, old, new):
    _edit(project.root / ".cbr" / "approvers.yaml", old, new)
    commit(project.root, "approvers", email="ada@example.org")


def _hidden_address(project):
    _edited_approvers(project, "emails: [ada@example.org]", "emails: [someone@example.org]")
    return _self_approval(project)


def _friend_in_a_role(project):
    _edited_approvers(project, "roles: [infrastructure]", "roles: [governance]")
    return _wrong_role(project)


def _longer_approvals(project):
    _edited_approvers(project, "max_valid_days: 30", "max_valid_days: 300")
    return go(project)


def _uncommitted_approvers(project):
    _edit(project.root / ".cbr" / "approvers.yaml", "max_valid_days: 30", "max_valid_days: 300")
    return go(project)


def _approval_of_another_decision(project):
    _forge(project, key_of="bob", gate_sha256="0" * 64)
    return go(project)


def _approval_from_before_a_demotion(project):
    demote(project, NAME, to="candidate", reason="it drifted", when=NOON)
    go(project)
    return go(project)


def _skipped_step(project):
    return go(project, to="live")


def _renamed_gate(project):
    _edit(project.root / ".cbr" / "acceptance_gates.yaml", "  luck:\n", "  fortune:\n")
    return go(project)


def _lowered_gate(project):
    _edit(project.root / ".cbr" / "acceptance_gates.yaml", "threshold: 0.05", "threshold: 0.01")
    return go(project)


def _gate_without_its_edge(project):
    edges = "sandbox->paper, paper->live]\n    reason: A made-up"
    _edit(project.root / ".cbr" / "acceptance_gates.yaml", edges, "paper->live]\n    reason: A made-up")
    return go(project)


def _edited_gate_result(project):
    _edit(project.data / "gate" / f"{NAME}.json", '"is_passed": true', '"is_passed": false')
    return go(project)


def _deleted_log(project):
    log_path(project).unlink()
    return go(project)


def _lines(project):
    return log_path(project).read_text(encoding="utf-8").splitlines(keepends=True)


def _truncated_log(project):
    lines = _lines(project)
    log_path(project).write_text("".join([*lines[:-5], *lines[-4:]]), encoding="utf-8")
    return go(project)


def _rewritten(project, entries):
    """Write a log of these entries that is whole in itself: every link and the head made anew."""
    log = Log()
    for entry in entries:
        log = log.with_entry(entry)
    assert log.faults() == []
    log_path(project).write_text(text_of(log), encoding="utf-8")
    return go(project)


def _truncated_log_with_a_new_head(project):
    return _rewritten(project, read_log(project).entries[:-1])


def _log_written_anew(project):
    entries = [each.model_copy(update={"who": "Bob <bob@example.org>"}) for each in read_log(project).entries]
    return _rewritten(project, entries)


def _reordered_log(project):
    lines = _lines(project)
    lines[4], lines[5] = lines[5], lines[4]
    log_path(project).write_text("".join(lines), encoding="utf-8")
    return go(project)


def _edited_entry(project):
    _edit(log_path(project), '"to":"candidate"', '"to":"sandbox"')
    return go(project)


def _edited_registry(project):
    _edit(project.root / ".cbr" / "registry.json", '"state":"sandbox"', '"state":"paper"')
    return go(project)


def _promotion_written_by_hand(project):
    facts = dict(next(each for each in reversed(read_log(project).entries) if each.event == "promote").facts)
    facts |= {"from": "sandbox", "to": "paper", "expires": "2027-01-01T00:00:00Z"}
    append(project, "promote", subject=f"experiment/{NAME}", facts=facts, when=NOON)
    return go(project)


def _write_promotion(project, to, approval, **changes):
    """Write a promotion into the log that rests on one approval, with all else as the last one says it."""
    facts = dict(next(each for each in reversed(read_log(project).entries) if each.event == "promote").facts)
    facts |= {
        "from": facts["to"],
        "to": to,
        "approvals": [approval.id],
        "expires": approval.approval.expires,
        **changes,
    }
    append(project, "promote", subject=f"experiment/{NAME}", facts=facts, when=NOON)
    bring_up_to_date(project)
    return go(project)


def _promotion_by_an_unknown_approval(project):
    """Sign one's own approval past `approve`, and promote by it past `promote`."""
    key = load_key(project.root.parent / "keys" / "ada.pem", outside=project.root)
    terms = {**_bobs(project).approval.model_dump(exclude={"signature"}), "approver": "ada", "key": public_text(key)}
    own = approvals.signed(ApprovalTerms(**terms), key)
    return _write_promotion(project, "paper", approvals.Held(approvals.write(project, own), own))


def _promotion_by_ones_own_approval(project):
    _forge(project, key_of="ada", approver="ada")
    return _write_promotion(project, "paper", approvals.read_all(project)[0])


def _promotion_by_a_role_without_say(project):
    _forge(project, key_of="dan", approver="dan")
    return _write_promotion(project, "paper", approvals.read_all(project)[0])


def _promotion_by_a_used_approval(project):
    go(project)
    return _write_promotion(project, "live", _bobs(project))


def _promotion_by_too_few(project):
    go(project)
    sign(project, by="cleo", to="live")
    return _write_promotion(
        project, "live", next(each for each in approvals.read_all(project) if each.approval.to_state == "live")
    )


def _promotion_by_rules_of_old(project):
    """Name the first commit, when nobody was an approver, so that the list of another day is asked."""
    first = git(project.root, "rev-list", "--max-parents=0", "HEAD").stdout.strip()
    return _write_promotion(project, "paper", _bobs(project), commit=first)


def _strategy_ahead_of_its_experiment(project):
    """Promote a strategy to paper by hand, and name the experiment that is in sandbox as what carries it."""
    for _ in range(2):
        promote(project, "strategy/sma_cross", say=lambda _: None, when=NOON)
    last = next(each for each in reversed(read_log(project).entries) if each.event == "promote")
    facts = {**last.facts, "from": "sandbox", "to": "paper", "approvals": [_bobs(project).id]}
    append(project, "promote", subject="strategy/sma_cross", facts=facts, when=NOON)
    bring_up_to_date(project)
    return go(project)


def _swapped_data(project):
    path = next((project.data / "parquet" / DATASET).rglob("*.parquet"))
    table = pq.read_table(path, partitioning=None)
    doubled = pc.multiply(table.column("close"), 2.0)
    pq.write_table(table.set_column(table.schema.get_field_index("close"), "close", doubled), path)
    return go(project)


def _swapped_equity(project):
    path = project.data / "backtest" / NAME / "equity.parquet"
    table = pq.read_table(path)
    ramp = pa.array([100_000.0 + 10.0 * row for row in range(len(table))])
    pq.write_table(table.set_column(table.schema.get_field_index("equity"), "equity", ramp), path)
    return go(project)


def _other_trail(project):
    """Change the audit trail and the receipts that name its head, in every copy of them."""
    trail = project.data / "backtest" / NAME / "audit.jsonl"
    trail.write_text(
        trail.read_text(encoding="utf-8").replace('"event":"order"', '"event":"ordre"', 1), encoding="utf-8"
    )
    return go(project)


def _edited_config(project):
    _edit(project.conf / "strategy" / "sma_cross.yaml", "fast_bars: 10", "fast_bars: 11")
    return go(project)


def _another_try(project):
    """Tell the ledger of one more config that was tried on the data, as a run with overrides does."""
    content = receipts.read(project.data / "backtest" / NAME)["identity"]["data"]["parquet"]
    trial = Trial(
        key="7" * 64,
        content=content,
        outcome="started",
        run_id="8" * 64,
        strategy="sma_cross",
        dataset=DATASET,
        experiment=NAME,
    )
    open_ledger(project).record([trial])


def _uncounted_try(project):
    _another_try(project)
    return go(project)


def _deleted_trials(project):
    _another_try(project)
    record_trials(project)
    commit(project.root, "trials", email="cleo@example.org")
    (project.root / ".cbr" / "trials" / f"{DATASET}.json").unlink()
    return go(project)


def _shallow_history(project):
    clone = project.root.parent / "clone"
    git(project.root.parent, "clone", "-q", "--depth", "1", f"file://{project.root}", str(clone))
    subprocess.run(["rm", "-rf", str(project.root / ".git")], check=True)
    (clone / ".git").rename(project.root / ".git")
    return go(project)


def _key_in_the_repository(project):
    inside = project.root / "bob.pem"
    inside.write_bytes((project.root.parent / "keys" / "bob.pem").read_bytes())
    inside.chmod(0o600)
    load_key(inside, outside=project.root)


AT_SANDBOX = (
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
    Attack("change the approvers without a commit", ".cbr/approvers.yaml is not committed", _uncommitted_approvers),
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
    Attack(
        "rename a gate",
        "a looser gates.luck: validation.deflated_sharpe_fraction at_least 0.05 -> fortune needs 1 approval",
        _renamed_gate,
    ),
    Attack("lower a gate", "a looser gates.luck.threshold: 0.05 -> 0.01 needs 1 approval", _lowered_gate),
    Attack("take a gate off the edge", "a looser gates.luck.edges: sandbox->paper -> none", _gate_without_its_edge),
    Attack("edit what the gates said", "gate goog_trend: gate.json: changed since it was written", _edited_gate_result),
    Attack("delete the audit log", "the file was deleted", _deleted_log),
    Attack("cut its last entry off", "the log was cut off: its last entry was", _truncated_log),
    Attack(
        "cut it off and write the head anew",
        "entries of earlier commits are not in it any more",
        _truncated_log_with_a_new_head,
    ),
    Attack(
        "write the whole log anew, with another name in it",
        "entries of earlier commits are not in it any more (removed or rewritten)",
        _log_written_anew,
    ),
    Attack("reorder it", "stands before the one that it comes after: reordered", _reordered_log),
    Attack("edit one of its entries", "comes after an entry that was removed or changed", _edited_entry),
    Attack("edit a state in the registry", "state is paper there and sandbox by the audit log", _edited_registry),
    Attack("write a promotion into the log by hand", "names no approval", _promotion_written_by_hand),
    Attack(
        "write one by an approval that was never given in the log",
        "the audit log does not know it: 'enerqis approve' writes both",
        _promotion_by_an_unknown_approval,
    ),
    Attack("write one by one's own approval", "and the author cannot approve", _promotion_by_ones_own_approval),
    Attack(
        "write one by a role that has no say", "dan is infrastructure; this needs", _promotion_by_a_role_without_say
    ),
    Attack(
        "write one by an approval that was used", "it was used for a promotion before", _promotion_by_a_used_approval
    ),
    Attack(
        "write one by fewer approvals than it needs",
        "has too few approvals: entering live needs 2 approvals",
        _promotion_by_too_few,
    ),
    Attack(
        "write one by the rules of another day", "older than that of an entry before it", _promotion_by_rules_of_old
    ),
    Attack(
        "write a strategy ahead of its experiment",
        "was carried by nothing: strategy/sma_cross@",
        _strategy_ahead_of_its_experiment,
    ),
    Attack(
        "swap the data under a receipt",
        "ingest us_equities_daily: parquet: changed since it was written",
        _swapped_data,
    ),
    Attack("swap the equity curve under a receipt", "equity.parquet: changed since it was written", _swapped_equity),
    Attack("edit the trail of the run", "audit.jsonl: line", _other_trail),
    Attack("change the config after the run", "not of the present files and inputs", _edited_config),
    Attack(
        "try another config and say nothing",
        "the ledger knows 2 trials on this data, the gates counted 1",
        _uncounted_try,
    ),
    Attack("delete recorded trials to lower K", "of earlier commits are not in it any more", _deleted_trials),
    Attack("hide the authors in a shallow clone", "its authors are not known", _shallow_history),
    Attack("keep a private key in the repository", "inside the repository", _key_in_the_repository),
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


def _loosened_by_a_default(project):
    return go(project)


def _loosened_under_another_name(project):
    """Call the loosened experiment by another name, and run and record it so."""
    other = f"{NAME}_plus"
    _edit(project.params_file, f"  {NAME}:", f"  {other}:")
    (project.conf / "experiment" / f"{NAME}.yaml").rename(project.conf / "experiment" / f"{other}.yaml")
    resolve(project)
    api.run(other, project=project.root)
    record(project, when=NOON)
    commit(project.root, "a new idea", email="ada@example.org")
    return promote(project, other, say=lambda _: None, when=NOON)


def _approval_of_another_run(project):
    return go(project)


AT_LOOSER = (
    Attack(
        "loosen a limit by a default three files away",
        "a looser risk.drawdown_halt.max_drawdown_fraction: 0.5 -> 0.9 needs 1 approval by governance or master_control",
        _loosened_by_a_default,
    ),
    Attack(
        "loosen it under another name of the experiment",
        "a looser risk.drawdown_halt.max_drawdown_fraction: 0.5 -> 0.9 needs 1 approval by governance or master_control",
        _loosened_under_another_name,
    ),
    Attack("use an approval for another run", "it is for another run", _approval_of_another_run),
)


def _forged_gate_result(project):
    """Let a failing gate pass, and make every hash in the document anew."""
    path = project.data / "gate" / f"{NAME}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    receipt = content.pop("receipt")
    content["gates"][0]["found"] = 0.99
    digest = sha256(receipts.text(content).encode()).hexdigest()
    receipt |= {"outputs": {"gate.json": digest}, "result_sha256": digest}
    path.write_text(receipts.text({**content, "receipt": receipt}), encoding="utf-8")
    return go(project)


def _package(project):
    """Pack the experiment, tell the log as the command does, and return the file."""
    packed = pack(project, NAME, mode="package-only", output=project.root.parent / "out")
    record_package(project, NAME, packed)
    return packed.path


def _refuse_faults(path, files):
    """Write an archive anew and refuse it as `enerqis package verify` does."""
    path.write_bytes(sealed(files))
    faults = check(path).faults
    if faults:
        raise StageError("\n".join(faults))


def _edited_package(project):
    path = _package(project)
    _refuse_faults(path, {**opened(path.read_bytes()).files, "strategy/sma_cross.py": b"print('mine')\n"})


def _unsigned_package(project):
    path = _package(project)
    files = opened(path.read_bytes()).files
    _refuse_faults(path, {name: content for name, content in files.items() if name != "manifest.json"})


def _package_ahead_of_its_run(project):
    path = _package(project)
    return promote(project, f"package/{path.name}", say=lambda _: None, when=NOON)


AT_RESEARCH = (
    Attack("edit a file of a package", "strategy/sma_cross.py: ", _edited_package),
    Attack("take the manifest out of a package", "manifest.json: missing", _unsigned_package),
    Attack(
        "promote a package whose run was not promoted",
        "no experiment that it belongs to is candidate",
        _package_ahead_of_its_run,
    ),
    Attack("forge what the gates said, with every hash", "gate goog_trend: different", _forged_gate_result),
)

EVERY = (*AT_SANDBOX, *AT_PAPER, *AT_LOOSER, *AT_RESEARCH)
