"""Ways to cheat with gates, the log, the registry, results and trials: each changes a desk at the state sandbox, and the
promotion that follows has to be refused with the words beside it."""

import json
import subprocess

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from enerqis.governance import approvals
from enerqis.governance.audit_log import append, log_path, read_log
from enerqis.governance.signing import load_key, public_text
from enerqis.io.audit_file import PLACE, Log, text_of
from enerqis.pipeline import receipts
from enerqis.pipeline.promoting import promote
from enerqis.pipeline.recording import record as record_trials
from enerqis.pipeline.registering import bring_up_to_date, demote
from enerqis.spec.approval import ApprovalTerms
from enerqis.tracking.ledger import open_ledger
from enerqis.tracking.trial import Trial
from tests.governance.attack import Attack, bobs, edited, forge
from tests.governance.desk import DATASET, NAME, NOON, go, sign
from tests.governance.ledger_of_states import commit, git

GATES = ".cbr/acceptance_gates.yaml"
LAST_EDGE = "paper->live]\n    reason: A made-up"


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


def _log_hidden_from_git(project):
    """Have git take the log for a file without lines, and write it anew."""
    with (project.root / ".gitattributes").open("a", encoding="utf-8") as stream:
        stream.write(".cbr/audit_log.json binary\n")
    commit(project.root, "attributes")
    return _log_written_anew(project)


def _demotion_merged_away(project):
    """Join the branch that holds a demotion in such a way that nothing of it is taken."""
    git(project.root, "checkout", "-qb", "side")
    (project.root / "notes.txt").write_text("mine\n", encoding="utf-8")
    commit(project.root, "notes")
    git(project.root, "checkout", "-q", "main")
    demote(project, NAME, to="retired", reason="it drifted", when=NOON)
    commit(project.root, "demotion", email="cleo@example.org")
    git(project.root, "checkout", "-q", "side")
    git(project.root, "merge", "-q", "-s", "ours", "-m", "main", "main")
    return go(project)


def _reordered_log(project):
    lines = _lines(project)
    lines[4], lines[5] = lines[5], lines[4]
    log_path(project).write_text("".join(lines), encoding="utf-8")
    return go(project)


def _rules_told_by_hand(project, event, change):
    """Write into the log that gates or rules of approval stand looser, as if they had been agreed to."""
    facts = next(each for each in reversed(read_log(project).entries) if each.event == event).facts
    append(project, event, subject="rules", facts=change(json.loads(json.dumps(facts))), when=NOON)
    return go(project)


def _gates_told_by_hand(project):
    def lower(facts):
        facts["gates"]["luck"]["threshold"] = 0.01
        return facts

    return _rules_told_by_hand(project, "thresholds", lower)


def _approvers_told_by_hand(project):
    return _rules_told_by_hand(project, "approvers", lambda facts: {**facts, "max_valid_days": 300})


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
    terms = {**bobs(project).approval.model_dump(exclude={"signature"}), "approver": "ada", "key": public_text(key)}
    own = approvals.signed(ApprovalTerms(**terms), key)
    return _write_promotion(project, "paper", approvals.Held(approvals.write(project, own), own))


def _promotion_by_ones_own_approval(project):
    forge(project, key_of="ada", approver="ada")
    return _write_promotion(project, "paper", approvals.read_all(project)[0])


def _promotion_by_a_role_without_say(project):
    forge(project, key_of="dan", approver="dan")
    return _write_promotion(project, "paper", approvals.read_all(project)[0])


def _promotion_by_a_used_approval(project):
    go(project)
    return _write_promotion(project, "live", bobs(project))


def _promotion_by_too_few(project):
    go(project)
    sign(project, by="cleo", to="live")
    return _write_promotion(
        project, "live", next(each for each in approvals.read_all(project) if each.approval.to_state == "live")
    )


def _promotion_by_rules_of_old(project):
    """Name the first commit, when nobody was an approver, so that the list of another day is asked."""
    first = git(project.root, "rev-list", "--max-parents=0", "HEAD").stdout.strip()
    return _write_promotion(project, "paper", bobs(project), commit=first)


UNTOLD = "0" * 64
"""Hash of a decision of the gates that no stage made."""


def _promotion_by_an_untold_decision(project):
    """Promote by an approval that was given for a decision of the gates which the log does not tell."""
    forge(project, key_of="bob", gate_sha256=UNTOLD)
    return _write_promotion(project, "paper", bobs(project), gate_sha256=UNTOLD)


def _promotion_past_a_gate(project):
    """Promote by an approval that was given in spite of a gate that fails."""
    told = next(each for each in reversed(read_log(project).entries) if each.event == "gates")
    failed = [{**each, "is_passed": False} for each in told.facts["decisions"]]
    facts = {**told.facts, "gate_sha256": UNTOLD, "decisions": failed}
    append(project, "gates", subject=told.subject, facts=facts, when=NOON)
    return _promotion_by_an_untold_decision(project)


def _strategy_ahead_of_its_experiment(project):
    """Promote a strategy to paper by hand, and name the experiment that is in sandbox as what carries it."""
    for _ in range(2):
        promote(project, "strategy/sma_cross", say=lambda _: None, when=NOON)
    last = next(each for each in reversed(read_log(project).entries) if each.event == "promote")
    facts = {**last.facts, "from": "sandbox", "to": "paper", "approvals": [bobs(project).id]}
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


ON_RECORDS = (
    Attack(
        "rename a gate",
        "a looser gates.luck: validation.deflated_sharpe_fraction at_least 0.05 -> fortune needs 1 approval",
        edited(GATES, "  luck:\n", "  fortune:\n"),
    ),
    Attack(
        "lower a gate",
        "a looser gates.luck.threshold: 0.05 -> 0.01 needs 1 approval",
        edited(GATES, "threshold: 0.05", "threshold: 0.01"),
    ),
    Attack(
        "take a gate off the edge",
        "a looser gates.luck.edges: sandbox->paper -> none",
        edited(GATES, f"sandbox->paper, {LAST_EDGE}", LAST_EDGE),
    ),
    Attack(
        "edit what the gates said",
        "gate goog_trend: gate.json: changed since it was written",
        edited(f"data/gate/{NAME}.json", '"is_passed": true', '"is_passed": false'),
    ),
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
    Attack(
        "do so, and hide the log's lines from git by an attribute",
        "entries of earlier commits are not in it any more (removed or rewritten)",
        _log_hidden_from_git,
    ),
    Attack(
        "merge a demotion away: git merge -s ours",
        "entries of earlier commits are not in it any more",
        _demotion_merged_away,
    ),
    Attack("reorder it", "stands before the one that it comes after: reordered", _reordered_log),
    Attack(
        "edit one of its entries",
        "comes after an entry that was removed or changed",
        edited(PLACE, '"to":"candidate"', '"to":"sandbox"'),
    ),
    Attack(
        "edit a state in the registry",
        "state is paper there and sandbox by the audit log",
        edited(".cbr/registry.json", '"state":"sandbox"', '"state":"paper"'),
    ),
    Attack(
        "write lower gates into the log by hand",
        "tells a looser gates.luck.threshold: 0.05 -> 0.01, and the promotion that it was told for does not name that",
        _gates_told_by_hand,
    ),
    Attack(
        "write looser rules of approval into it by hand",
        "tells a looser approvers.max_valid_days: 30 -> 300, and the promotion that it was told for does not name that",
        _approvers_told_by_hand,
    ),
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
        "write one by a decision of the gates that the log does not tell",
        "rests on a decision of the gates that the log does not tell",
        _promotion_by_an_untold_decision,
    ),
    Attack(
        "write one that somebody approved and a gate refuses",
        "was refused by gate luck, which blocks: it found 0.49",
        _promotion_past_a_gate,
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
    Attack(
        "change the config after the run",
        "not of the present files and inputs",
        edited("conf/strategy/sma_cross.yaml", "fast_bars: 10", "fast_bars: 11"),
    ),
    Attack(
        "try another config and say nothing",
        "the ledger knows 2 trials on this data, the gates counted 1",
        _uncounted_try,
    ),
    Attack("delete recorded trials to lower K", "of earlier commits are not in it any more", _deleted_trials),
    Attack("hide the authors in a shallow clone", "its authors are not known", _shallow_history),
    Attack("keep a private key in the repository", "inside the repository", _key_in_the_repository),
)
