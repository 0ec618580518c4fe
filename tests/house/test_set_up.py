"""Set-up: the pins that both uv and pip install; uv where it can be had, pip where it cannot.

The Makefile's own rule runs on a small project whose packages lie in a folder, so that no network is asked.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = """[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "farm"
version = "1"
"""
BACKEND = """import shutil


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return shutil.copy("farm-1-py3-none-any.whl", wheel_directory).rpartition("/")[2]
"""


def _wheel(folder, name, version):
    """Write the wheel of a package of one line; return its pin."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{each},,\n" for each in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for each, text in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(each, text)
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n    # via farm\n"


@pytest.fixture(scope="module")
def farm(tmp_path_factory):
    """A project with this repository's Makefile that pins one package for use and one for development."""
    root = tmp_path_factory.mktemp("set_up") / "farm"
    (root / "wheels").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", root)
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "backend.py").write_text(BACKEND, encoding="utf-8")
    _wheel(root, "farm", "1")
    return root


def _pin(farm, version):
    for name, package in (("requirements.txt", "grain"), ("requirements-dev.txt", "sickle")):
        (farm / name).write_text(_wheel(farm / "wheels", package, version), encoding="utf-8")


def _set_up(farm, **variables):
    """Set the project up anew, with packages only from where the variables say."""
    (farm / ".venv" / ".installed").unlink(missing_ok=True)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    environment = kept | {"PIP_NO_INDEX": "1", "UV_NO_INDEX": "1", "UV_CACHE_DIR": str(farm / "cache")} | variables
    words = ["make", f"PYTHON={sys.executable}", ".venv/.installed"]
    return subprocess.run(words, cwd=farm, env=environment, capture_output=True, text=True, check=False)


def _versions(farm):
    """Return the versions that the project's Python imports."""
    program = "import grain, sickle, farm; print(grain.VERSION, sickle.VERSION, farm.VERSION)"
    words = [farm / ".venv" / "bin" / "python", "-B", "-c", program]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.slow
def test_pip_installs_the_pins_where_uv_cannot_be_had_and_uv_where_it_can(farm):
    wheels = str(farm / "wheels")
    _pin(farm, "1")
    done = _set_up(farm, PIP_FIND_LINKS=wheels)
    assert (done.returncode, _versions(farm)) == (0, ["1", "1", "1"]), done.stderr
    shutil.copy(shutil.which("uv"), farm / ".venv" / "bin" / "uv")
    _pin(farm, "2")
    done = _set_up(farm, PIP_FIND_LINKS=wheels)
    assert (done.returncode, _versions(farm)) == (0, ["2", "2", "1"]), done.stderr
    _pin(farm, "3")
    done = _set_up(farm, UV_FIND_LINKS=wheels)
    assert (done.returncode, _versions(farm)) == (0, ["3", "3", "1"]), done.stderr


@pytest.mark.slow
def test_what_was_changed_since_it_was_pinned_is_not_installed(farm):
    _pin(farm, "4")
    path = farm / "requirements.txt"
    path.write_text(re.sub(r"sha256:\w+", "sha256:" + "0" * 64, path.read_text("utf-8")), encoding="utf-8")
    done = _set_up(farm, PIP_FIND_LINKS=str(farm / "wheels"))
    assert done.returncode != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr
    assert not (farm / ".venv" / ".installed").exists()


def test_uv_itself_is_installed_by_its_own_line_of_the_pins(tmp_path):
    """What the rule takes out of requirements-dev.txt is one pin, whole."""
    recipe = (ROOT / "Makefile").read_text("utf-8")
    (script,) = re.findall(r"sed -n '([^']+)' requirements-dev\.txt", recipe)
    text = subprocess.run(
        ["sed", "-n", script, str(ROOT / "requirements-dev.txt")], capture_output=True, text=True, check=True
    ).stdout
    lines = text.splitlines()
    assert re.fullmatch(r"uv==[0-9.]+ \\", lines[0])
    assert lines[-1].startswith("    # via ")
    assert len(lines) > 2
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines[1:-1])
