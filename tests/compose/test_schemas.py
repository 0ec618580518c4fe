import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from enerqis.compose.linting import config_files, schema_file
from enerqis.compose.schemas import schemas, stale, text, write_schemas
from enerqis.compose.yaml_text import load_text
from enerqis.io.project import Project
from tests.compose.small_project import write

HERE = Project(Path(__file__).parents[2])


def accepts(project: Project, name: str, data: object) -> bool:
    return Draft202012Validator(schemas(project)[f"{name}.schema.json"]).is_valid(data)


def test_the_shipped_schemas_are_fresh() -> None:
    assert stale(HERE) == []


@pytest.mark.parametrize("path", config_files(HERE), ids=HERE.relative)
def test_every_shipped_file_is_valid_under_its_schema(path: Path) -> None:
    schema = json.loads((HERE.schemas / schema_file(HERE, path)).read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(load_text(path.read_text(encoding="utf-8")))) == []


def test_every_schema_is_a_schema(project: Project) -> None:
    for schema in schemas(project).values():
        Draft202012Validator.check_schema(schema)


def test_a_part_of_a_spec_with_placeholders_is_valid(project: Project) -> None:
    assert accepts(project, "strategy", {"defaults": ["drift"], "fast_bars": "${seed}", "slow_bars": "???"})
    assert accepts(project, "experiment", {"strategy": {"fast_bars": 3}, "risk": {"cap": None}})
    assert accepts(project, "risk", None)


@pytest.mark.parametrize(
    ("group", "data"),
    [
        ("strategy", {"kind": "drift", "fast_barz": 3}),
        ("strategy", {"kind": "sma_cross", "source": "close"}),
        ("strategy", {"kind": "drfit"}),
        ("strategy", {"fast_bars": 0}),
        ("strategy", {"fast_bars": "ten"}),
        ("experiment", {"strategy": {"fast_barz": 3}}),
        ("universe", {"symbols": []}),
        ("params", {"datasets": ["metals"]}),
    ],
)
def test_what_can_never_become_a_spec_is_invalid(project: Project, group: str, data: object) -> None:
    assert not accepts(project, group, data)


def test_a_project_s_plug_in_is_in_its_schemas(project: Project) -> None:
    kinds = schemas(project)["strategy.schema.json"]["properties"]["kind"]["oneOf"]
    assert {"const": "drift", "description": "Two averages."} in kinds


def test_writing_mends_what_is_stale_and_removes_what_is_stray(project: Project) -> None:
    write_schemas(project)
    assert stale(project) == []
    write(project.root, "schemas/strategy.schema.json", "{}\n")
    write(project.root, "schemas/strateegy.schema.json", "{}\n")
    assert write_schemas(project) == ["strateegy.schema.json", "strategy.schema.json"]
    assert stale(project) == []
    assert not (project.schemas / "strateegy.schema.json").exists()


def test_the_same_models_give_the_same_bytes(project: Project) -> None:
    first = {name: text(schema) for name, schema in schemas(project).items()}
    assert first == {name: text(schema) for name, schema in schemas(project).items()}
