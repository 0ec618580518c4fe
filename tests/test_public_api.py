"""The small Python API: lazily imported, typed, and the same spec as the command line's."""

from pathlib import Path

import pytest

import enerqis
from enerqis.core.errors import ConfigError, SetupError
from enerqis.pipeline.runner import Done

ROOT = Path(__file__).parents[1]


def test_the_api_is_resolve_and_run_and_what_run_gives():
    assert dir(enerqis) == ["Run", "resolve", "run"]
    assert callable(enerqis.run)


def test_resolve_gives_the_typed_spec_with_overrides_applied():
    spec = enerqis.resolve("goog_sma_cross", ["strategy.fast_bars=5"], project=ROOT)
    assert (spec.strategy.kind, spec.strategy.fast_bars) == ("sma_cross", 5)
    assert spec.universe.symbols == ("GOOG",)


def test_a_wrong_key_is_named_with_the_nearest_one():
    with pytest.raises(ConfigError, match="fast_bars"):
        enerqis.resolve("goog_sma_cross", ["+strategy.fast_barz=5"], project=ROOT)


def test_a_run_is_one_line_in_a_notebook_and_names_its_tables():
    done = Done("backtest", "x", "a" * 64, "b" * 64, ROOT, {}, True, {})
    run = enerqis.Run("x", None, "d", {"backtest": done})
    assert repr(run) == "Run('x', run_id='aaaaaaaaaaaa', result_sha256='bbbbbbbbbbbb')"
    with pytest.raises(
        SetupError, match=r"Did you mean 'equity'\? Allowed: orders, fills, equity, positions, targets\."
    ):
        run.table("equit")


def test_any_other_name_is_refused_with_what_there_is():
    with pytest.raises(AttributeError, match=r"no attribute 'sweep'\. Its API: Run, resolve, run"):
        enerqis.sweep  # noqa: B018  (asking for it is the test)
