"""The environment for Conda and the container for development hold the same pins and packages as the rest."""

import json
import re
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from enerqis.cli.main import main
from enerqis.governance.conda import PYTHON, conda_text
from enerqis.io.requirements import pins_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def test_the_pins_are_those_of_the_requirements(conda):
    """Read by pip's own parser on one side, line by line on the other."""
    (listed,) = (each["pip"] for each in conda["dependencies"] if isinstance(each, dict))
    assert listed[-1] == "--editable ."
    found = {
        (str(need.specifier), canonicalize_name(need.name), str(need.marker)) for need in map(Requirement, listed[:-1])
    }
    text = (ROOT / "requirements.txt").read_text("utf-8")
    needs = [Requirement(line.rstrip(" \\")) for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert found == {(str(need.specifier), canonicalize_name(need.name), str(need.marker)) for need in needs}
    assert len(listed) - 1 == len(needs)


def test_it_names_channels_and_no_address(conda):
    assert conda["channels"] == ["conda-forge", "nodefaults"]
    assert "://" not in (ROOT / "environment.yml").read_text("utf-8")
    assert conda["dependencies"][:2] == [f"python={PYTHON}", "pip"]


def test_the_shipped_file_is_fresh(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(["environment", "conda", "--check"]) == 0


def test_a_marker_with_quotes_is_read_back_as_it_was():
    pins = pins_of("one==1 ; sys_platform != 'win32'\ntwo==2\n")
    listed = yaml.safe_load(conda_text(pins, name="mine", has_source=False))["dependencies"][-1]["pip"]
    assert listed == ['one==1; sys_platform != "win32"', "two==2"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    for name in ("conf/config.yaml", "params.yaml", "dvc.yaml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "requirements.txt").write_text("numpy==1.0\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_stale_file_is_named_and_written_anew(project, capsys):
    assert main(["environment", "conda", "--check"]) == 1
    assert "environment.yml: not what requirements.txt gives" in capsys.readouterr().err
    assert main(["environment", "conda"]) == 0
    assert main(["environment", "conda", "--check"]) == 0
    assert yaml.safe_load((project / "environment.yml").read_text("utf-8"))["dependencies"][-1] == {
        "pip": ["numpy==1.0"]
    }


def test_a_bill_of_another_environment_is_refused_and_nothing_is_written(project, capsys):
    assert main(["environment", "sbom", "--output", "bill.json"]) == 1
    assert "1.0 is pinned" in capsys.readouterr().err
    assert not (project / "bill.json").exists()


def test_a_bill_is_written_to_a_file_or_said(project, capsys):
    (project / "requirements.txt").write_text("", "utf-8")
    assert main(["environment", "sbom", "--output", "bill.json"]) == 0
    assert main(["environment", "sbom"]) == 0
    assert capsys.readouterr().out == "bill.json\n" + (project / "bill.json").read_text("utf-8")


def test_the_container_has_python_of_the_reference_and_what_ci_installs():
    dockerfile = (ROOT / ".devcontainer/Dockerfile").read_text("utf-8")
    script = (ROOT / ".ci/run").read_text("utf-8")
    assert re.findall(r"^FROM python:(\d+\.\d+)-", dockerfile, re.MULTILINE) == [PYTHON]
    wanted = {name for name in re.findall(r"missing\+=\(([\w-]+)\)", script) if name != "python3-venv"}
    installed = re.search(r"--no-install-recommends (?P<names>[a-z ]+?) *\\\n", dockerfile)["names"].split()
    assert wanted <= set(installed)
    assert {"git", "make"} <= set(installed)


def test_the_container_is_set_up_by_the_makefile():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert (ROOT / ".devcontainer" / container["build"]["dockerfile"]).is_file()
    stamp = re.search(r"^STAMP := \$\(VENV\)/(?P<name>\S+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[
        "name"
    ]
    assert container["postCreateCommand"].startswith(f"make .venv/{stamp} ")
