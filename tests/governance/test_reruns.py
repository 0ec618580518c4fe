"""DVC's rule on graphs drawn by hand; tests/pipeline/test_reruns.py holds it against the real `dvc repro`."""

from enerqis.governance.reruns import Graph, reruns
from enerqis.io.graph_stages import GraphStage


def document(config="c", code="k", seed=0, word="w"):
    return {
        "spec": {"seed": seed, "word": word},
        "spec_sha256": config,
        "code_sha256": code,
        "engine_sha256": None,
        "env_sha256": "e",
    }


def chain(first=None, second=None, trials="t", cmd="run"):
    """Return the graph a -> b -> c, where c also reads a tracked file."""
    return {
        "a": GraphStage(cmd, {}, {"a.json": first or document()}, {"data/a": None}),
        "b": GraphStage("run", {"data/a": None}, {"b.json": second or document()}, {"data/b/x": None}),
        "c": GraphStage("run", {"data/b": None, "trials": trials}, {}, {"data/c": None}),
    }


def said(stages, recorded):
    return [(each.stage, each.reasons, each.is_certain) for each in reruns(Graph(stages), recorded).values()]


def test_nothing_changed_runs_nothing():
    assert said(chain(), chain()) == []


def test_another_identity_writes_another_receipt_so_that_what_reads_it_runs_and_the_next_only_may():
    assert said(chain(first=document(code="other")), chain()) == [
        ("a", ("code",), True),
        ("b", ("a",), True),
        ("c", ("b",), False),
    ]


def test_words_outside_the_identity_run_their_stage_and_nothing_for_certain_after_it():
    assert said(chain(second=document(word="other")), chain()) == [("b", ("words",), True), ("c", ("b",), False)]


def test_a_seed_and_a_truth_value_that_equals_a_number_are_told_apart_as_dvc_does():
    assert said(chain(second=document(seed=1)), chain())[0] == ("b", ("seed",), True)
    assert said(chain(second=document(word=1)), chain(second=document(word=True))) == []  # DVC compares with ==


def test_a_tracked_file_a_command_and_a_new_stage():
    assert said(chain(trials="other"), chain()) == [("c", ("trials",), True)]
    assert said(chain(cmd="walk"), chain())[0] == ("a", ("command",), True)
    without = {name: stage for name, stage in chain().items() if name != "b"}
    assert said(chain(), without) == [("b", ("new",), True), ("c", ("b",), True)]


def test_a_lock_whose_entries_are_of_different_runs_runs_the_reader():
    lock = {
        "a": GraphStage("run", {}, {"a.json": document()}, {"data/a": "new"}),
        "b": GraphStage("run", {"data/a": "old"}, {"b.json": document()}, {"data/b/x": None}),
        "c": chain()["c"],
    }
    assert said(chain(), lock) == [("b", ("data/a",), True), ("c", ("b",), False)]
