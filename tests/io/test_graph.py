"""DVC's graph on disk: names of stages, and entries of the lock removed by their bytes."""

import yaml

from enerqis.io.graph import locked_names, orphan_outs, stage_names, without_entries

LOCK = """\
schema: '2.0'
stages:
  resolve:
    cmd: enerqis stage resolve
    outs:
    - path: data/spec
      md5: 0b1c.dir
  backtest@gone:
    cmd: enerqis stage backtest gone
    params:
      data/spec/gone/backtest.json:
        spec:
          note: 'a colon: inside'
  backtest@kept:
    cmd: enerqis stage backtest kept
"""


def test_a_foreach_stage_has_one_name_an_item_of_a_list_or_a_mapping():
    graph = {
        "stages": {
            "resolve": {"cmd": "x"},
            "ingest": {"foreach": "${datasets}"},
            "report": {"foreach": "${experiments}"},
        }
    }
    params = {"datasets": ["a", "b"], "experiments": {"e": {"dataset": "a"}}}
    assert stage_names(graph, params) == ["resolve", "ingest@a", "ingest@b", "report@e"]


def test_the_lock_remembers_its_stages_and_a_missing_one_none(tmp_path):
    (tmp_path / "dvc.lock").write_text(LOCK, encoding="utf-8")
    assert locked_names(tmp_path / "dvc.lock") == ["resolve", "backtest@gone", "backtest@kept"]
    assert locked_names(tmp_path / "absent.lock") == []


def test_entries_are_removed_and_every_other_byte_stays():
    pruned = without_entries(LOCK, {"backtest@gone"})
    expected = yaml.safe_load(LOCK)
    del expected["stages"]["backtest@gone"]
    assert yaml.safe_load(pruned) == expected
    assert pruned == LOCK[: LOCK.index("  backtest@gone")] + LOCK[LOCK.index("  backtest@kept") :]


def test_removing_nothing_changes_nothing():
    assert without_entries(LOCK, {"features@other"}) == LOCK


def test_outs_of_names_that_params_do_not_have_are_orphans(tmp_path):
    graph = {
        "stages": {
            "resolve": {"outs": [{"data/spec": {"persist": True}}]},
            "ingest": {"foreach": "${datasets}", "do": {"outs": ["data/raw/${item}"]}},
            "report": {
                "foreach": "${experiments}",
                "do": {
                    "outs": ["data/report/${key}"],
                    "metrics": [{"data/metrics/${key}.json": {"cache": False}}],
                    "plots": [{"data/metrics/${key}/equity.csv": {"cache": False}}],
                },
            },
        }
    }
    for name in ("raw/a", "raw/gone", "report/kept", "report/gone", "metrics/kept", "metrics/gone", "spec/gone"):
        (tmp_path / "data" / name).mkdir(parents=True)
    for name in (
        "raw/.gitignore",
        "report/index.html",
        "metrics/kept.json",
        "metrics/gone.json",
        "metrics/gone/equity.csv",
    ):
        (tmp_path / "data" / name).touch()
    found = orphan_outs(tmp_path, graph, {"datasets": ["a"], "experiments": {"kept": {}}})
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "data/metrics/gone/equity.csv",
        "data/metrics/gone.json",
        "data/raw/gone",
        "data/report/gone",
    ]
