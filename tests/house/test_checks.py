"""One list of checks: `make check` and the commit hooks run the same commands, and all work is in the Makefile."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))


def _recipe(target):
    match = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, flags=re.MULTILINE)
    assert match, target
    return [line.strip() for line in match[1].splitlines()]


def test_the_hooks_run_what_make_check_runs():
    entries = [hook["entry"] for repo in HOOKS["repos"] for hook in repo["hooks"]]
    checks = [re.sub(r" \.$", "", line) for line in _recipe("check")]
    assert sorted(entries) == sorted(checks)


def test_no_hook_is_fetched_from_elsewhere():
    assert [repo["repo"] for repo in HOOKS["repos"]] == ["local"]
    assert {hook["language"] for repo in HOOKS["repos"] for hook in repo["hooks"]} == {"system"}


def test_the_makefile_has_the_promised_targets_each_with_its_help():
    for target in ("repro", "test", "check", "bench", "clean"):
        assert re.search(rf"^{target}:.*## \S", MAKEFILE, flags=re.MULTILINE), target


def test_ci_installs_the_system_packages_and_then_runs_make_test():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert script.startswith("#!")
    assert script.rstrip().splitlines()[-1].endswith("make test")
    assert "chromium" in script
