"""The Global Database of a small project: built, edited on either side, frozen, and what is refused."""

import hashlib
import json
import shutil
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from enerqis.cli.main import main
from enerqis.compose.schemas import schemas
from enerqis.core.errors import ConfigError, DataError, StageError
from enerqis.governance import headers
from enerqis.io import journal
from enerqis.pipeline.globaldb import build, sync, verify
from tests.compose.small_project import write
from tests.io.test_journal import fail_at
from tests.pipeline.small_tree import (
    NOON,
    PAGE,
    TWIN,
    built,
    content,
    edit,
    opened,
    snapshot,
    stamp,
    write_governed,
)


@pytest.fixture
def project(tmp_path):
    return write_governed(tmp_path / "project")


@pytest.fixture
def tree(project):
    return built(project)


def test_the_tree_holds_a_page_of_everything_with_its_twin_and_the_mirror(tree):
    names = sorted(snapshot(tree))
    pages = ["drift", "drift__slow", "README"]
    assert [name for name in names if name.startswith("03_")] == sorted(
        f"03_strategies/{page}.{ending}" for page in pages for ending in ("md", "json")
    )
    assert {name for name in names if name.startswith("00_repo/docs")} == {"00_repo/docs/hours.md"}
    assert (tree.root / "00_repo/conf/risk/capped.yaml").read_bytes() == (
        tree.project.conf / "risk/capped.yaml"
    ).read_bytes()
    assert verify(opened(tree.project)) == []


def test_pages_say_what_the_project_says_as_data(tree):
    assert content(tree, "02_data_catalogue/metals.json")["fields"] == {
        "description": "two metals, made up",
        "connector": "mine",
        "symbols": "GOLD, TIN",
        "frequency": "1d",
        "calendar": "24/7",
        "spec": "conf/dataset/metals.yaml",
    }
    assert content(tree, TWIN)["sections"][0]["blocks"][0]["rows"] == [["fast_bars", 50], ["slow_bars", 200]]
    experiment = content(tree, "04_experiments/gold_drift.json")
    assert experiment["fields"]["question"] == "Does gold drift?"
    assert experiment["sections"][0]["blocks"][0]["rows"] == [["sharpe_ratio", 1.25], ["trades_count", 3]]
    assert content(tree, "08_risk/capped.json")["sections"][0]["blocks"][0]["rows"] == [["cap.max_exposure", 0.5]]
    gate = ["deflated_sharpe", "validation.dsr", "at_least", 0.95, "luck"]
    assert content(tree, "09_governance/gates.json")["sections"][0]["blocks"][0]["rows"] == [gate]
    assert content(tree, "05_models/README.json")["sections"][0]["blocks"] == [{"text": "Nothing yet."}]


def test_every_twin_fits_its_schema_and_every_human_file_holds(tree):
    known = Draft202012Validator(schemas(tree.project)["twin.schema.json"])
    twins = list(tree.root.glob("0[1-9]_*/*.json"))
    assert len(twins) == len(list(tree.root.glob("0[1-9]_*/*.md"))) > 10
    for path in twins:
        assert list(known.iter_errors(json.loads(path.read_text("utf-8")))) == []
        assert headers.verify(path.with_suffix(".md").read_bytes()) == []


def test_a_governed_document_is_placed_as_it_is_stamped(tree):
    assert (tree.root / "01_policies/hours.md").read_bytes() == (tree.project.root / "docs/hours.md").read_bytes()


def test_building_again_changes_nothing_whatever_the_clock_says(tree):
    before = snapshot(tree)
    assert build(opened(tree.project, NOON + timedelta(days=9))).writes == {}
    assert snapshot(tree) == before


def test_what_the_project_changes_is_rebuilt_and_what_it_drops_is_removed(tree):
    write(tree.project.root, "conf/strategy/drift.yaml", "kind: drift\nfast_bars: 6\nslow_bars: 20\n")
    (tree.project.conf / "strategy/drift__slow.yaml").unlink()
    assert any("03_strategies/drift.md: not what the project gives" in each for each in verify(opened(tree.project)))
    done = build(opened(tree.project))
    assert PAGE in done.removals
    assert content(tree, "03_strategies/drift.json")["sections"][0]["blocks"][0]["rows"][0] == ["fast_bars", 6]
    assert verify(opened(tree.project)) == []


def test_an_edit_of_the_human_file_reaches_its_twin(tree):
    edit(tree, PAGE, "- **kind**: drift", "- **kind**: drift\n- **owner**: Ada")
    assert any("its twin says something else" in each for each in verify(opened(tree.project)))
    done = sync(opened(tree.project))
    assert "+- **owner**: Ada" in done.said[0]
    assert content(tree, TWIN)["fields"]["owner"] == "Ada"
    assert headers.verify((tree.root / PAGE).read_bytes()) == []
    assert sync(opened(tree.project)).writes == {}


def test_an_edit_of_the_twin_reaches_the_human_file(tree):
    edit(tree, TWIN, "50", "60")
    done = sync(opened(tree.project))
    assert "+| fast_bars | 60 |" in done.said[0]
    assert "| fast_bars | 60 |\n" in (tree.root / PAGE).read_text("utf-8")
    assert headers.verify((tree.root / PAGE).read_bytes()) == []
    assert content(tree, TWIN)["sections"][0]["blocks"][0]["rows"][0] == ["fast_bars", 60]


def test_a_dry_sync_shows_and_writes_nothing(tree):
    edit(tree, TWIN, "50", "60")
    before = snapshot(tree)
    assert sync(opened(tree.project), is_dry=True).said != []
    assert snapshot(tree) == before


def test_two_edits_that_differ_are_refused_and_nothing_is_written(tree):
    edit(tree, PAGE, "| 50 |", "| 55 |")
    edit(tree, TWIN, "50", "60")
    edit(tree, "08_risk/capped.md", "0.5", "0.6")
    before = snapshot(tree)
    with pytest.raises(
        StageError, match=r"drift__slow.md: it and its twin were both edited, and they differ[\s\S]*Nothing was"
    ):
        sync(opened(tree.project))
    assert snapshot(tree) == before


def test_the_same_edit_on_both_sides_is_no_conflict(tree):
    edit(tree, PAGE, "| 50 |", "| 60 |")
    edit(tree, TWIN, "50", "60")
    assert sync(opened(tree.project)).conflicts == []
    assert headers.verify((tree.root / PAGE).read_bytes()) == []


@pytest.mark.parametrize("gone", [PAGE, TWIN])
def test_one_of_a_pair_is_written_from_the_other(tree, gone):
    before = snapshot(tree)
    (tree.root / gone).unlink()
    assert any(f"{gone}: missing" in each for each in verify(opened(tree.project)))
    sync(opened(tree.project))
    assert content(tree, TWIN) == json.loads(before[TWIN])["content"]
    assert set(snapshot(tree)) == set(before)


def test_a_twin_that_is_none_is_refused(tree):
    edit(tree, TWIN, '"fields"', '"fieldz"')
    with pytest.raises(StageError, match=r"drift__slow.json: content.fieldz: Extra inputs are not permitted"):
        sync(opened(tree.project))


def test_notes_of_people_survive_what_the_project_changes(tree):
    place = tree.root / PAGE
    place.write_text(place.read_text("utf-8") + "\n## Notes\n\nWatch the spread.\n", encoding="utf-8")
    with pytest.raises(StageError, match=r"was edited since it was written. Run 'enerqis globaldb sync'"):
        build(opened(tree.project))
    sync(opened(tree.project))
    write(tree.project.root, "conf/strategy/drift__slow.yaml", "# slower\nkind: drift\nfast_bars: 70\nslow_bars: 200\n")
    build(opened(tree.project))
    text = place.read_text("utf-8")
    assert "| fast_bars | 70 |" in text
    assert text.endswith("## Notes\n\nWatch the spread.\n")
    assert verify(opened(tree.project)) == []


def test_an_edit_of_what_the_project_draws_is_named_and_never_overwritten_unasked(tree):
    edit(tree, PAGE, "| 50 |", "| 55 |")
    sync(opened(tree.project))
    assert any(f"{PAGE}: not what the project gives" in each for each in verify(opened(tree.project)))
    assert build(opened(tree.project)).writes == {}
    write(tree.project.root, "conf/strategy/drift__slow.yaml", "# slower\nkind: drift\nfast_bars: 70\nslow_bars: 200\n")
    with pytest.raises(StageError, match=r"edited here, and changed in the project"):
        build(opened(tree.project))
    build(opened(tree.project), redraw=True)
    assert "| fast_bars | 70 |" in (tree.root / PAGE).read_text("utf-8")


def test_an_edit_of_the_mirror_is_refused(tree):
    edit(tree, "00_repo/conf/risk/capped.yaml", "0.5", "0.9")
    assert any(each.startswith("00_repo/conf/risk/capped.yaml: was edited") for each in verify(opened(tree.project)))
    with pytest.raises(StageError, match=r"only mirrors the project"):
        build(opened(tree.project))
    build(opened(tree.project), redraw=True)
    assert verify(opened(tree.project)) == []


def test_what_the_build_did_not_make_is_neither_overwritten_nor_removed(project):
    root = project.root / "ENERQIS_GlobalDB_TREEBUILD"
    write(root, PAGE, "mine\n")
    write(root, "theirs/letter.txt", "theirs\n")
    for redraw in (False, True):
        with pytest.raises(StageError, match=rf"{PAGE}: stands in the way and was not made by a build"):
            build(opened(project), redraw=redraw)
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["drift__slow.md", "letter.txt"]
    (root / PAGE).unlink()
    build(opened(project))
    (project.conf / "strategy/drift__slow.yaml").unlink()
    build(opened(project))
    assert (root / "theirs/letter.txt").read_text("utf-8") == "theirs\n"


def test_no_link_leads_out_of_the_tree_or_the_project(project, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/key.md").write_text("private\n", encoding="utf-8")
    (project.root / "docs/key.txt").symlink_to(tmp_path / "outside/key.md")
    root = project.root / "ENERQIS_GlobalDB_TREEBUILD"
    root.mkdir()
    (root / "08_risk").symlink_to(tmp_path / "outside")
    with pytest.raises(StageError, match=r"08_risk/capped.md: a link leads out of the tree"):
        build(opened(project))
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["key.md"]
    (root / "08_risk").unlink()
    build(opened(project))
    assert not (root / "00_repo/docs/key.txt").exists()


def test_what_is_removed_lies_in_the_tree_whatever_a_manifest_says(tree, tmp_path):
    precious = tree.root.parent / "precious.txt"
    precious.write_text("mine", encoding="utf-8")
    manifest = json.loads((tree.root / "MANIFEST.json").read_text("utf-8"))
    manifest["files"]["../precious.txt"] = {"sha256": hashlib.sha256(b"mine").hexdigest()}
    (tree.root / "MANIFEST.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(DataError, match=r"MANIFEST\.json: damaged"):
        build(opened(tree.project))
    assert precious.read_text("utf-8") == "mine"


def test_nothing_is_removed_behind_a_link(project, tmp_path):
    write(project.root, "docs/sub/notes.txt", "notes\n")
    mirrored = built(project).root / "00_repo/docs/sub"
    mirrored.rename(tmp_path / "elsewhere")
    mirrored.symlink_to(tmp_path / "elsewhere")
    (project.root / "docs/sub/notes.txt").unlink()
    with pytest.raises(StageError, match=r"00_repo/docs/sub/notes\.txt: a link leads out of the tree"):
        build(opened(project))
    assert (tmp_path / "elsewhere/notes.txt").is_file()


@pytest.mark.parametrize(
    ("stands", "said"),
    [
        (PAGE, f"{PAGE}: a folder stands there"),
        ("03_strategies", f"{PAGE}: '03_strategies' above it is a file"),
    ],
)
def test_a_folder_or_a_file_in_the_way_is_named_and_nothing_is_begun(tree, stands, said):
    place = tree.root / stands
    if place.is_dir():
        shutil.rmtree(place)
        place.write_text("theirs", encoding="utf-8")
    else:
        place.unlink()
        place.mkdir()
    before = snapshot(tree)
    with pytest.raises(StageError, match=said):
        build(opened(tree.project))
    assert snapshot(tree) == before
    assert not journal.is_open(tree.root)


@pytest.mark.parametrize(
    ("name", "other"), [("docs/a/hours.md", "hours.md"), ("docs/HOURS.md", "hours.md"), ("docs/readme.md", "README.md")]
)
def test_two_pages_of_one_name_are_refused_instead_of_one_being_lost(project, name, other):
    (project.root / ".cbr/documents.yaml").write_text(
        (project.root / ".cbr/documents.yaml").read_text("utf-8").replace("docs/*.md", "docs/*.md, docs/a/*.md"),
        "utf-8",
    )
    write(project.root, name, "# Another page\n\nText.\n")
    stamp(project, name)
    with pytest.raises(DataError, match=r"it would be 01_policies/.*, and 01_policies/.* is another page") as caught:
        build(opened(project))
    assert other.casefold() in str(caught.value).casefold()


def test_a_page_that_a_person_adds_gets_a_twin_and_is_never_removed(tree):
    data = headers.stamp(b"# Why\n\n- **owner**: Ada\n", tree.stamp("note"))
    (tree.root / "01_policies/why.md").write_bytes(data)
    sync(opened(tree.project))
    assert content(tree, "01_policies/why.json")["fields"] == {"owner": "Ada"}
    build(opened(tree.project))
    assert (tree.root / "01_policies/why.md").read_bytes() == data
    assert verify(opened(tree.project)) == []


def test_an_interrupted_build_is_named_and_finished_by_the_next(tree, monkeypatch):
    write(tree.project.root, "conf/strategy/drift.yaml", "kind: drift\nfast_bars: 6\nslow_bars: 20\n")
    write(tree.project.root, "docs/zz.md", "# Z\n")
    stamp(tree.project, "docs/zz.md")
    with monkeypatch.context() as failing:
        fail_at(failing, "zz.md")
        with pytest.raises(OSError, match="the disk failed"):
            build(opened(tree.project))
    assert verify(opened(tree.project)) == [
        "ENERQIS_GlobalDB_TREEBUILD: a build was interrupted. 'enerqis globaldb build' finishes it."
    ]
    build(opened(tree.project))
    assert not journal.is_open(tree.root)
    assert verify(opened(tree.project)) == []


def test_a_governed_document_that_does_not_hold_is_not_placed(project):
    (project.root / "docs/hours.md").write_text("# Hours\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"docs/hours.md:1:1: missing"):
        build(opened(project))
    assert not (project.root / "ENERQIS_GlobalDB_TREEBUILD").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify"], "no Global Database. Make it with 'enerqis globaldb build'"),
        (["sync"], "no Global Database"),
        (["build", "--spec", "standrad"], "Did you mean 'standard'?"),
        (["build", "--root", "."], "holds the project itself"),
        (["build", "--root", "docs/tree"], "and 'docs', which it mirrors, hold each other"),
        (["build", "--root", "params.yaml"], "params.yaml: is a file"),
    ],
)
def test_bad_words_are_refused_in_one_message(project, monkeypatch, capsys, words, said):
    monkeypatch.chdir(project.root)
    assert main(["globaldb", *words]) == 1
    assert said in capsys.readouterr().err


def test_a_damaged_manifest_is_refused(tree):
    (tree.root / "MANIFEST.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"damaged"):
        build(opened(tree.project))


def test_a_wrong_spec_is_refused_by_key(project):
    write(project.root, "conf/globaldb/standard.yaml", "folders:\n  policies: {title: x}\n")
    with pytest.raises(ConfigError, match=r"folders.policies"):
        opened(project)


def test_the_commands_say_what_they_did(project, monkeypatch, capsys):
    monkeypatch.chdir(project.root)
    words = ["--root", "elsewhere", "--built-at", "2026-01-31T12:00:00Z"]
    assert main(["globaldb", "build", *words]) == 0
    assert f"written: {PAGE}" in capsys.readouterr().out
    assert main(["globaldb", "verify", "--root", "elsewhere"]) == 0
    assert main(["globaldb", "baseline", "--root", "elsewhere"]) == 0
    assert capsys.readouterr().out.startswith("sha256:")
    assert main(["globaldb", "verify", "--baseline", "--root", "elsewhere"]) == 0
    (project.root / "elsewhere" / TWIN).unlink()
    assert main(["globaldb", "verify", "--baseline", "--root", "elsewhere"]) == 1
    assert capsys.readouterr().out == f"{TWIN}: removed\n"
