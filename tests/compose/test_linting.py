from pathlib import Path

import pytest

from enerqis.compose.experiments import resolve_experiment
from enerqis.compose.linting import config_files, lint, lint_file
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project
from tests.compose.small_project import FILES, write, write_project

STRATEGY = "# yaml-language-server: $schema=../../schemas/strategy.schema.json\nkind: drift\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The small project with the header line that every file must have."""
    project = write_project(tmp_path)
    for name in (name for name in FILES if name.endswith(".yaml")):
        path = project.root / name
        depth = len(Path(name).parts) - 1
        stem = path.stem if depth < 2 else path.parent.name
        header = f"# yaml-language-server: $schema={'../' * depth}schemas/{stem}.schema.json\n"
        first, _, rest = path.read_text().partition("\n")
        write(project.root, name, f"{first}\n{header}{rest}" if "@package" in first else f"{header}{first}\n{rest}")
    return project


def strategy(project: Project, text: str, name: str = "drift__odd") -> list[str]:
    """Return what the linter says of a further strategy file."""
    write(project.root, f"conf/strategy/{name}.yaml", STRATEGY + text)
    return [str(problem).removeprefix(f"conf/strategy/{name}.yaml:") for problem in lint(project)]


def test_a_right_project_has_no_problem(project: Project) -> None:
    assert lint(project) == []
    assert config_files(project)[0] == project.params_file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "_target_: os.system\n",
            "3:1: _target_: '_target_' makes a config run code. Choose a plug-in with 'kind' instead.",
        ),
        ("hydra:\n  run: {}\n", "3:1: hydra: Hydra itself is not configured in ENERQIS. Remove it."),
        (
            "source: ${oc.env:HOME}\n",
            "3:9: source: '${oc.env:HOME}' calls a resolver. Allowed: ${key} alone, which names another key of the spec.",
        ),
        (
            "source: ${oc.decode:${seed}}\n",
            "3:9: source: '${oc.decode:${seed}}' calls a resolver. Allowed: ${key} alone, which names another key of the "
            "spec.",
        ),
        (
            "source: /etc/passwd\n",
            "3:9: source: '/etc/passwd' is an absolute path or leads out of the project. Write a path below the project.",
        ),
        (
            "source: a/../../b\n",
            "3:9: source: 'a/../../b' is an absolute path or leads out of the project. Write a path below the project.",
        ),
        (
            'source: "C:/data"\n',
            "3:9: source: 'C:/data' is an absolute path or leads out of the project. Write a path below the project.",
        ),
        ("# @package _global_\n", "3:1: '# @package' counts on line 1 only. Move it there."),
        (
            "fast_bars: 3\nfast_bars: 4\n",
            "4:1: fast_bars: key 'fast_bars' stands here twice, first on line 3. Keep one.",
        ),
        ('"fast_bars ": 3\n', "3:1: fast_bars : blanks at the ends of the key 'fast_bars '. Remove them."),
        ('source: "close "\n', "3:9: source: blanks at the ends of 'close '. Remove them."),
        ("source:\tclose\n", "3:8: a tab. Indent with blanks."),
        ("source: &here close\n", "3:9: anchor or alias 'here'. Write ${key} to repeat a value."),
        ("source: !!str close\n", "3:9: tag 'tag:yaml.org,2002:str'. Write plain values."),
        (
            "source: 2004-08-19\n",
            "3:9: source: 2004-08-19 is read as different things by different readers of YAML. Quote it, or write it plainly.",
        ),
        (
            "fast_bars: 010\n",
            "3:12: fast_bars: 010 is read as different things by different readers of YAML. Quote it, or write it plainly.",
        ),
        (
            "source: 12:30\n",
            "3:9: source: 12:30 is read as different things by different readers of YAML. Quote it, or write it plainly.",
        ),
        (
            "source: NO\n",
            "3:9: source: NO is read as different things by different readers of YAML. Quote it, or write it plainly.",
        ),
        ("kind: [\n", "4:1: not YAML: expected the node content, but found '<stream end>'."),
    ],
)
def test_a_broken_rule_is_one_message_at_its_place(project: Project, text: str, message: str) -> None:
    write(project.root, "conf/strategy/drift__odd.yaml", STRATEGY + text)
    found = lint_file(project, project.conf / "strategy/drift__odd.yaml")
    assert f"conf/strategy/drift__odd.yaml:{message}" in map(str, found)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "  - drfit\n",
            "4:5: strategy: no file conf/strategy/drfit.yaml. Did you mean 'drift'? Allowed: drift, drift__odd",
        ),
        (
            "  - override hydra/launcher: basic\n",
            "4:30: strategy/hydra/launcher: 'strategy/hydra/launcher' is no group.",
        ),
        ("  - override /hydra/launcher: basic\n", "4:31: hydra/launcher: Hydra itself is not configured in ENERQIS."),
        ("  - /../secret: x\n", "4:17: ../secret: '../secret/x' leads out of conf/. Choose a file of a group."),
        (
            "  - override /cost: cheap\n  - /feature@feature.x: ore\n",
            "5:25: feature: 'feature' stands after an override. Move it above the first 'override' entry.",
        ),
        ("  - /costs: cheap\n", "4:13: costs: 'costs' is no group. Did you mean 'cost'? Allowed: connector, dataset"),
    ],
)
def test_a_defaults_list_may_only_choose_what_exists(project: Project, entry: str, message: str) -> None:
    write(project.root, "conf/strategy/drift__odd.yaml", STRATEGY + "defaults:\n" + entry)
    found = [str(problem) for problem in lint_file(project, project.conf / "strategy/drift__odd.yaml")]
    assert any(line.startswith(f"conf/strategy/drift__odd.yaml:{message}") for line in found), found


def test_an_interpolation_without_a_colon_and_a_placeholder_are_legal(project: Project) -> None:
    assert strategy(project, "fast_bars: ${seed}\nslow_bars: ???\n") == []


def test_a_value_that_its_schema_refuses_is_found_in_a_file_no_experiment_chooses(project: Project) -> None:
    assert strategy(project, "slow_bars: many\nfast_bars: 0\nsource: close\nslow: 3\n") == [
        "3:12: slow_bars: 'many' is not of type 'integer'.",
        "4:12: fast_bars: 0 is less than the minimum of 1.",
        "6:1: slow: unknown key. Did you mean 'slow_bars'? Allowed: kind, fast_bars, slow_bars, source.",
    ]


def test_what_no_model_allows_is_found_in_a_file_no_experiment_chooses(project: Project) -> None:
    text = "band_fraction: .nan\ninitial_cash: .inf\nfill_price: next_opne\n"
    header = "# yaml-language-server: $schema=../../schemas/execution.schema.json\n"
    write(project.root, "conf/execution/plain__odd.yaml", header + text)
    assert [str(problem).removeprefix("conf/execution/plain__odd.yaml:") for problem in lint(project)] == [
        "2:16: band_fraction: nan is not a number a spec can hold. Write a finite number.",
        "3:15: initial_cash: inf is not a number a spec can hold. Write a finite number.",
        "4:13: fill_price: 'next_opne' is not allowed. Did you mean 'next_open'? Allowed: next_open, next_close.",
    ]


def test_a_key_of_another_kind_is_refused_in_a_file_no_experiment_chooses(project: Project) -> None:
    assert strategy(project, "is_long_short: true\n") == ["3:1: is_long_short: not a key of this kind."]


def test_an_unknown_key_of_a_chosen_file_is_reported_once_with_the_nearest_match(project: Project) -> None:
    assert strategy(project, "fast_barz: 3\n", "drift") == [
        "3:1: strategy.fast_barz: unknown key. Did you mean 'fast_bars'? Allowed: kind, fast_bars, slow_bars, source."
    ]


def test_a_file_is_named_by_its_kind(project: Project) -> None:
    assert strategy(project, "", "drifting") == [
        "2:7: kind: 'drift' is not what the file is called. Name it drift.yaml or drift__VARIANT.yaml."
    ]


def test_headers_are_required(project: Project) -> None:
    write(project.root, "conf/risk/none.yaml", "{}\n")
    text = (project.conf / "experiment/gold_drift.yaml").read_text()
    write(project.root, "conf/experiment/tin_drift.yaml", "# a comment first\n" + text.replace("[GOLD]", "[TIN]"))
    found = [str(problem) for problem in lint(project)]
    assert "conf/experiment/tin_drift.yaml:1:1: line 1 of an experiment must be '# @package _global_'." in found
    assert "conf/experiment/tin_drift.yaml:2:1: '# @package' counts on line 1 only. Move it there." in found
    assert (
        "conf/risk/none.yaml:1:1: line 1 must name the schema: "
        "'# yaml-language-server: $schema=../../schemas/risk.schema.json'." in found
    )


def test_what_hydra_would_never_read_is_refused(project: Project) -> None:
    write(project.root, "conf/strategy/drift.yml", "kind: drift\n")
    write(project.root, "conf/stratgy/drift.yaml", "kind: drift\n")
    found = [str(problem) for problem in lint(project)]
    assert "conf/strategy/drift.yml:1:1: only files that end in .yaml are read here. Rename or remove it." in found
    assert any(
        line.startswith("conf/stratgy/drift.yaml:1:1: 'conf/stratgy' is no group. Did you mean") for line in found
    )


def test_an_experiment_outside_the_graph_is_composed_too(project: Project) -> None:
    text = (project.conf / "experiment/gold_drift.yaml").read_text()
    write(project.root, "conf/experiment/tin_drift.yaml", text.replace("[GOLD]", "[TINN]"))
    assert [str(problem) for problem in lint(project)] == [
        "conf/experiment/tin_drift.yaml:8:13: universe.symbols.0: 'TINN' is not in the dataset. Did you mean 'TIN'? "
        "Allowed: GOLD, TIN."
    ]


def test_a_key_that_the_graph_goes_through_must_be_there(project: Project) -> None:
    write(project.root, "dvc.yaml", "stages:\n  sweep:\n    foreach: ${sweeps}\n    do:\n      cmd: true\n")
    assert [str(each) for each in lint(project)] == [
        "params.yaml:1:1: sweeps: missing key, which dvc.yaml reads. Where there are none, write 'sweeps: {}'."
    ]


def test_a_file_in_another_encoding_is_one_message(project: Project) -> None:
    (project.conf / "strategy" / "drift__odd.yaml").write_bytes(b"# \xff\n")
    assert str(lint(project)[0]) == "conf/strategy/drift__odd.yaml:1:1: not UTF-8 at byte 2. Save it as UTF-8."
    (project.conf / "strategy" / "drift__odd.yaml").unlink()
    (project.conf / "strategy" / "drift.yaml").write_bytes(b"# \xff\n")
    with pytest.raises(ConfigError, match=r"conf/strategy/drift\.yaml:1:1: not UTF-8 at byte 2"):
        resolve_experiment(project, "gold_drift")


def test_a_file_that_the_connector_knows_to_be_absent_is_told_at_its_place(project: Project) -> None:
    mine = project.plugins / "connectors" / "mine.py"
    digs = mine.read_text().replace(
        "depth_metres: float = 1.0", "depth_metres: float = 1.0\n    files: tuple[str, ...] = ()"
    )
    absent = "\n\ndef absent(params):\n    return {0: 'it caved in.'} if params.files else {}\n"
    write(project.root, "plugins/connectors/mine.py", digs + absent)
    path = project.conf / "dataset" / "metals.yaml"
    assert lint(project) == []
    path.write_text(path.read_text().replace("kind: mine", "kind: mine\n  files: [shaft]"))
    told = [str(each) for each in lint(project) if "it caved in." in str(each)]
    assert [each.partition(":")[0] for each in told] == ["conf/dataset/metals.yaml"]
