from pathlib import Path

import pytest

from enerqis.io.project import Project
from enerqis.laws.names import NAMED_GROUPS, unmatched_names


def planted(tmp_path, group_name, *files):
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('"""A kind."""\n', encoding="utf-8")
    return list(unmatched_names(Project(tmp_path), group_name, with_shipped=False))


@pytest.mark.parametrize("group_name", NAMED_GROUPS)
def test_every_kind_has_one_name_in_yaml_python_and_tests(group_name):
    assert list(unmatched_names(Project.find(Path(__file__)), group_name, with_shipped=True)) == []


def test_a_kind_without_yaml_or_test_is_named(tmp_path):
    assert planted(tmp_path, "strategy", "plugins/strategies/probe.py") == [
        "conf/strategy/probe.yaml is missing: plugins/strategies/probe.py exists",
        "tests/strategies/test_probe.py is missing: plugins/strategies/probe.py exists",
    ]


def test_a_file_or_test_of_no_kind_is_named(tmp_path):
    assert planted(tmp_path, "metric", "conf/metric/probe.yaml", "tests/metrics/test_probe.py") == [
        "conf/metric/probe.yaml is no kind: neither enerqis/ nor plugins/ has metrics/probe.py",
        "tests/metrics/test_probe.py tests no kind: neither enerqis/ nor plugins/ has metrics/probe.py",
    ]


def test_a_variant_counts_for_the_kind_before_its_two_underscores(tmp_path):
    files = (
        "plugins/strategies/probe.py",
        "conf/strategy/probe__fast.yaml",
        "tests/strategies/test_probe.py",
    )
    assert planted(tmp_path, "strategy", *files) == []
