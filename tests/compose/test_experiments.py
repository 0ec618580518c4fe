import pytest

from enerqis.compose.experiments import load_params, resolve_all, resolve_dataset, resolve_experiment
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project
from tests.compose.small_project import write


def problems(action, *arguments) -> list[str]:
    with pytest.raises(ConfigError, match=": ") as caught:
        action(*arguments)
    return [str(problem) for problem in caught.value.problems]


def add_to_params(project: Project, text: str) -> None:
    path = project.params_file
    path.write_text(path.read_text() + text)


def test_every_experiment_of_the_graph_is_resolved_in_order(project: Project) -> None:
    resolved = resolve_all(project)
    assert resolved.experiments == {"gold_drift": resolve_experiment(project, "gold_drift")}
    assert resolved.datasets == {"metals": resolved.experiments["gold_drift"].dataset}


def test_a_dataset_is_resolved_alone(project: Project) -> None:
    assert resolve_dataset(project, "metals") == resolve_experiment(project, "gold_drift").dataset


def test_names_without_a_file_are_reported_with_the_nearest_one(project: Project) -> None:
    add_to_params(project, "  gold_drifts:\n    dataset: metal\n")
    write(project.root, "params.yaml", project.params_file.read_text().replace("[metals]", "[metals, metalls]"))
    assert problems(load_params, project) == [
        "params.yaml:1:20: datasets.1: no file conf/dataset/metalls.yaml. Did you mean 'metals'? Allowed: metals.",
        "params.yaml:7:14: experiments.gold_drifts.dataset: 'metal' is not in 'datasets' above. Did you mean "
        "'metals'? Allowed: metals, metalls.",
        "params.yaml:6:3: experiments.gold_drifts: no file conf/experiment/gold_drifts.yaml. Did you mean "
        "'gold_drift'? Allowed: gold_drift.",
    ]


def test_a_misspelt_experiment_is_refused_with_the_nearest_one(project: Project) -> None:
    with pytest.raises(ConfigError, match=r"no file conf/experiment/gold_drif\.yaml\. Did you mean 'gold_drift'\?"):
        resolve_experiment(project, "gold_drif")


def test_a_dataset_other_than_the_composed_one_is_refused(project: Project) -> None:
    write(project.root, "conf/dataset/ores.yaml", (project.conf / "dataset/metals.yaml").read_text())
    params = project.params_file.read_text()
    write(
        project.root,
        "params.yaml",
        params.replace("[metals]", "[metals, ores]").replace("dataset: metals", "dataset: ores"),
    )
    assert problems(resolve_all, project) == [
        "params.yaml:4:14: experiments.gold_drift.dataset: 'ores' is not the dataset that "
        "conf/experiment/gold_drift.yaml composes. Write 'metals'."
    ]


def test_two_experiments_that_resolve_to_the_same_spec_are_refused(project: Project) -> None:
    text = (project.conf / "experiment/gold_drift.yaml").read_text()
    write(project.root, "conf/experiment/gold_again.yaml", text + "strategy:\n  slow_bars: 20.0\n")
    add_to_params(project, "  gold_again:\n    dataset: metals\n")
    assert problems(resolve_all, project) == [
        "params.yaml:6:3: experiments.gold_again: resolves to the same spec as 'gold_drift'. Remove one, or let them "
        "differ."
    ]


def test_problems_of_all_experiments_are_reported_at_once(project: Project) -> None:
    text = (project.conf / "experiment/gold_drift.yaml").read_text()
    write(project.root, "conf/experiment/gold_drift.yaml", text + "seed: -1\n")
    write(project.root, "conf/experiment/gold_again.yaml", text + "seed: -2\n")
    add_to_params(project, "  gold_again:\n    dataset: metals\n")
    assert [line.partition(" ")[0] for line in problems(resolve_all, project)] == [
        "conf/experiment/gold_drift.yaml:8:7:",
        "conf/experiment/gold_again.yaml:8:7:",
    ]


def test_a_wrong_name_in_params_yaml_hides_no_problem_of_a_spec(project: Project) -> None:
    write(
        project.root,
        "params.yaml",
        """
        datasets: [metals, metls]
        experiments:
          gold_drift: {dataset: metal, set: {}}
          gold_drft: {dataset: metals, set: {}}
        """,
    )
    write(project.root, "conf/strategy/drift.yaml", "kind: drift\nfast_barz: 5\n")
    with pytest.raises(ConfigError, match="metls") as caught:
        resolve_all(project)
    assert [problem.path for problem in caught.value.problems] == [
        "datasets.1",
        "experiments.gold_drift.dataset",
        "experiments.gold_drft",
        "strategy.fast_barz",
    ]


def test_what_params_yaml_sets_is_applied_and_its_place_is_named(project: Project) -> None:
    params = project.params_file.read_text()
    write(project.root, "params.yaml", params.replace("set: {}", "set: {strategy: {fast_bars: 9}, seed: 3}"))
    spec = resolve_experiment(project, "gold_drift")
    assert (spec.strategy.fast_bars, spec.seed) == (9, 3)
    write(project.root, "params.yaml", params.replace("set: {}", "set: {strategy: {fast_bars: many}}"))
    assert problems(resolve_all, project) == [
        'params.yaml:5:33: strategy.fast_bars: expected a whole number, found text "many".'
    ]


def test_params_yaml_is_held_to_its_model(project: Project) -> None:
    write(project.root, "params.yaml", "dataset: [metals]\nexperiments:\n  Gold: {dataset: metals}\n")
    assert problems(load_params, project) == [
        "params.yaml:1:1: dataset: unknown key. Did you mean 'datasets'? Allowed: datasets, experiments, sweeps.",
        "params.yaml:1:1: datasets: missing key (stems of conf/dataset/*.yaml to ingest). Add it.",
        'params.yaml:3:3: experiments.Gold: text "Gold" does not have the allowed form ^[a-z][a-z0-9_]{0,63}$.',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("datasets: [a\n", r"^params\.yaml:2:1: not YAML: expected ',' or '\]'"),
        ("", r"^params\.yaml:1:1: expected a mapping of keys, found nothing \(null\)\.$"),
    ],
)
def test_a_broken_params_yaml_is_one_clear_message(project: Project, text: str, message: str) -> None:
    write(project.root, "params.yaml", text)
    with pytest.raises(ConfigError, match=message):
        load_params(project)


def test_an_experiment_that_changes_its_shared_dataset_is_refused_where_it_does(project: Project) -> None:
    path = project.conf / "experiment" / "gold_drift.yaml"
    path.write_text(path.read_text() + "dataset:\n  symbols: [GOLD]\n")
    line = len(path.read_text().splitlines())
    assert problems(resolve_all, project) == [
        f"conf/experiment/gold_drift.yaml:{line}:12: dataset.symbols: changes the shared dataset 'metals'. Write a dataset "
        "file of its own under conf/dataset and choose that."
    ]
    assert resolve_experiment(project, "gold_drift").dataset.symbols == ("GOLD",)
