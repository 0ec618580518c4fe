"""Ways to cheat with a looser config, packages and forged results, and the list of every way there is."""

import json
from hashlib import sha256

from enerqis.core.errors import StageError
from enerqis.io.sealed_zip import opened, sealed
from enerqis.pipeline import api, receipts
from enerqis.pipeline.package_checks import check
from enerqis.pipeline.packaging import pack
from enerqis.pipeline.packaging import record as record_package
from enerqis.pipeline.promoting import promote
from enerqis.pipeline.registering import record
from enerqis.pipeline.resolve import resolve
from tests.governance.attack import Attack, edit
from tests.governance.cheating_by_people import AT_PAPER, BY_PEOPLE
from tests.governance.cheating_on_records import ON_RECORDS
from tests.governance.desk import NAME, NOON, go
from tests.governance.ledger_of_states import commit


def _loosened_by_a_default(project):
    return go(project)


def _loosened_under_another_name(project):
    """Call the loosened experiment by another name, and run and record it so."""
    other = f"{NAME}_plus"
    edit(project.params_file, f"  {NAME}:", f"  {other}:")
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

AT_SANDBOX = (*BY_PEOPLE, *ON_RECORDS)
EVERY = (*AT_SANDBOX, *AT_PAPER, *AT_LOOSER, *AT_RESEARCH)
