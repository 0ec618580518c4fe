"""What `enerqis run` says of a finished run beside its figures."""

import json
import shutil
from dataclasses import replace

from enerqis.cli.run import findings
from enerqis.pipeline import api
from tests.pipeline.finished import EXPERIMENT


def test_the_gates_that_do_not_hold_are_named(finished_project):
    done = api.run(EXPERIMENT, project=finished_project.root)
    failed = [gate["name"] for gate in done.gates["gates"] if not gate["is_passed"]]
    assert failed
    assert [line for line in findings(done) if line.startswith("gates")] == [
        f"gates    {6 - len(failed)} of 6 gates hold; not {', '.join(failed)}   (data/gate/{EXPERIMENT}.json)"
    ]
    assert not [line for line in findings(done) if line.startswith(("leak", "data"))]


def test_a_leak_comes_first_with_its_sentence(finished_project, tmp_path):
    done = api.run(EXPERIMENT, project=finished_project.root)
    shutil.copy(done.stages["validate"].folder / "validation.json", tmp_path / "validation.json")
    (tmp_path / "validation.json").chmod(0o644)
    content = json.loads((tmp_path / "validation.json").read_text())
    content["leaks"]["findings"] = [{"sentence": "strategy idea goes with the return of the bar after it."}]
    (tmp_path / "validation.json").write_text(json.dumps(content))
    leaking = replace(done, stages={**done.stages, "validate": replace(done.stages["validate"], folder=tmp_path)})
    assert findings(leaking)[:2] == [
        "leak     It may know the future (a leak was found): until that is mended, no figure here says anything.",
        "         strategy idea goes with the return of the bar after it.",
    ]
