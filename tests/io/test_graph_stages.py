"""DVC's graph and lock without DVC; its own hashes are the reference."""

import hashlib

import pytest

from enerqis.io.graph_stages import GraphStage, dvc_hash, graph_stages, locked_stages

PARAMS = {"datasets": ["d"], "experiments": {"one": {"dataset": "d", "set": {}}}, "word": "w"}
GRAPH = {
    "stages": {
        "resolve": {"cmd": "enerqis stage resolve ${word}", "deps": ["conf"], "params": ["datasets"]},
        "ingest": {
            "foreach": "${datasets}",
            "do": {"cmd": "run ${item}", "outs": ["data/raw/${item}"], "params": [{"data/spec/${item}.json": None}]},
        },
        "report": {
            "foreach": "${experiments}",
            "do": {
                "cmd": "run ${key} ${nowhere}",
                "deps": ["data/raw/${item.dataset}"],
                "outs": [{"data/page/${key}": {"persist": True}}],
                "plots": [{"data/${key}.csv": {"x": "ts"}}],
            },
        },
    }
}


def test_stages_are_opened_over_lists_and_mappings():
    found = graph_stages(GRAPH, PARAMS)
    assert found == {
        "resolve": GraphStage("enerqis stage resolve w", {"conf": None}, {"params.yaml": ["datasets"]}, {}),
        "ingest@d": GraphStage("run d", {}, {"data/spec/d.json": None}, {"data/raw/d": None}),
        "report@one": GraphStage(
            "run one ${nowhere}", {"data/raw/d": None}, {}, {"data/page/one": None, "data/one.csv": None}
        ),
    }


def test_a_lock_is_read_as_the_yaml_that_dvc_writes():
    text = """schema: '2.0'
stages:
  a:
    cmd: run
    deps:
    - path: conf
      hash: md5
      md5: aa.dir
    params:
      p.json: {date: 2004-08-19, word: no, small: 1e-05, whole: 1.0, count: 3, text: '3', nothing: , yes_it_is: true}
    outs:
    - path: out
      md5: bb
"""
    stage = locked_stages(text)["a"]
    assert (stage.deps, stage.outs) == ({"conf": "aa.dir"}, {"out": "bb"})
    assert stage.params["p.json"] == {
        "date": "2004-08-19",
        "word": "no",
        "small": 0.00001,
        "whole": 1.0,
        "count": 3,
        "text": "3",
        "nothing": None,
        "yes_it_is": True,
    }
    assert locked_stages("") == {}


@pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")  # of a library of DVC
def test_hashes_are_those_that_dvc_computes(tmp_path):
    from dvc.repo import Repo

    files = {"conf/b.yaml": b"two\n", "conf/a/c.yaml": b"one\n", "conf/x.pyc": b"left out\n", "file.txt": b"text\n"}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / ".dvcignore").write_text("__pycache__\n*.pyc\n")
    repo = Repo.init(str(tmp_path), no_scm=True)
    for path in ("conf", "file.txt"):
        (stage,) = repo.add(str(tmp_path / path))
        assert dvc_hash(path, files) == stage.outs[0].hash_info.value
    repo.close()
    assert dvc_hash("file.txt", files) == hashlib.md5(b"text\n").hexdigest()
    assert dvc_hash("nothing", files) is None


@pytest.mark.parametrize("path", ["conf", "con"])
def test_a_folder_is_no_prefix_of_another(path):
    assert (dvc_hash(path, {"conf/a": b""}) is None) == (path == "con")
