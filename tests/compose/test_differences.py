"""What differs between two receipts is named down to the key, the module and the package."""

from typing import Any

from enerqis.compose.differences import identity_changes


def receipt(**changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "identity": {"config": "c" * 64, "data": {"parquet": "d" * 64}, "code": "1", "environment": "2", "engine": "3",
                     "seed": 0},
        "spec": {"strategy": {"kind": "sma_cross", "fast_bars": 10}, "execution": {"lot_step": 1.0}, "seed": 0},
        "code": {"enerqis.indicators.sma": "a" * 64, "enerqis.core.units": "b" * 64},
        "environment": {"numpy": "2.4.6"},
    }  # fmt: skip
    for key, value in changed.items():
        made[key] = value
    return made


def identity(**components: Any) -> dict[str, Any]:
    return {**receipt()["identity"], **components}


def said(**changed: Any) -> list[str]:
    return [str(each) for each in identity_changes(receipt(), receipt(**changed))]


def test_the_same_identity_has_no_change() -> None:
    assert said() == []


def test_a_key_of_the_config_is_named_with_both_values() -> None:
    spec = {"strategy": {"kind": "sma_cross", "slow_bars": 30}, "execution": {"lot_step": 1.0}, "seed": 0}
    assert said(spec=spec, identity=identity(config="e" * 64)) == [
        "config: strategy.fast_bars: 10 -> absent",
        "config: strategy.slow_bars: absent -> 30",
    ]


def test_a_knob_of_the_engine_is_no_change_of_the_config() -> None:
    spec = {**receipt()["spec"], "execution": {"lot_step": 10.0}}
    assert said(spec=spec, identity=identity(engine="4")) == ["engine: execution.lot_step: 1.0 -> 10.0"]


def test_a_module_that_changed_came_or_went_is_named() -> None:
    code = {"enerqis.indicators.sma": "0" * 64, "enerqis.core.tables": "b" * 64}
    assert said(code=code, identity=identity(code="9")) == [
        "code: enerqis.core.tables: absent -> bbbbbbbbbbbb",
        "code: enerqis.core.units: bbbbbbbbbbbb -> absent",
        "code: enerqis.indicators.sma: aaaaaaaaaaaa -> 000000000000",
    ]


def test_a_package_an_input_and_a_seed_are_named() -> None:
    changed = identity(environment="5", data={"parquet": "0" * 64}, seed=7)
    assert said(environment={"numpy": "2.5.0"}, identity=changed) == [
        "data: parquet: dddddddddddd -> 000000000000",
        "environment: numpy: 2.4.6 -> 2.5.0",
        "seed: seed: 0 -> 7",
    ]


def test_a_hash_that_differs_without_a_visible_reason_is_said_all_the_same() -> None:
    assert said(identity=identity(config="e" * 64)) == ["config: hash: cccccccccccc -> eeeeeeeeeeee"]
