from pathlib import Path

import pytest

from enerqis.core.errors import PluginError
from enerqis.interfaces.cost import CommissionParams, SlippageParams
from enerqis.interfaces.strategy import StrategyParams
from enerqis.io.mounting import mount_number
from enerqis.io.plugins import load, params_class, scan
from tests.compose.small_project import write, write_project


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    return write_project(tmp_path).plugins


def strategy(plugins: Path, text: str, name: str = "odd") -> None:
    write(plugins, f"strategies/{name}.py", text)


def test_kinds_of_a_project_stand_beside_the_shipped_ones(plugins: Path) -> None:
    kinds = scan("strategies", plugins)
    assert kinds["sma_cross"].is_shipped
    assert not kinds["drift"].is_shipped
    assert kinds["drift"].summary == "Follows two averages."
    assert list(kinds) == sorted(kinds)


def test_a_kind_of_a_project_is_imported_from_its_own_folder(plugins: Path) -> None:
    assert load(scan("strategies", plugins)["drift"]).__name__ == "enerqis_plugins.strategies.drift"


def test_two_projects_in_one_process_keep_their_own_kinds(plugins: Path, tmp_path: Path) -> None:
    other = write_project(tmp_path / "other").plugins
    text = (other / "strategies" / "drift.py").read_text()
    strategy(other, text.replace("fast_bars: Bars = 10", "fast_bars: Bars = 11"), "drift")
    first = params_class(scan("strategies", plugins)["drift"], StrategyParams)
    second = params_class(scan("strategies", other)["drift"], StrategyParams)
    assert first is not None
    assert second is not None
    assert (first.model_fields["fast_bars"].default, second.model_fields["fast_bars"].default) == (10, 11)


def test_a_kind_that_exists_already_is_refused(plugins: Path) -> None:
    strategy(plugins, '"""Mine."""\n', "sma_cross")
    with pytest.raises(PluginError, match=r"plugins/strategies/sma_cross\.py: kind 'sma_cross' exists already"):
        scan("strategies", plugins)


def test_a_name_that_python_cannot_import_is_refused(plugins: Path) -> None:
    strategy(plugins, '"""Mine."""\n', "my-rule")
    with pytest.raises(PluginError, match=r"plugins/strategies/my-rule\.py: the file's stem is the kind"):
        scan("strategies", plugins)


def test_a_file_whose_name_begins_with_an_underscore_is_no_kind(plugins: Path) -> None:
    strategy(plugins, '"""Shared by my rules."""\n', "_shared")
    assert "_shared" not in scan("strategies", plugins)


def test_a_plug_in_that_cannot_be_imported_is_named_with_the_cause(plugins: Path) -> None:
    strategy(plugins, "import nothing_like_this\n")
    with pytest.raises(
        PluginError, match=r"^plugins/strategies/odd\.py:1: cannot be imported: ModuleNotFoundError: .*nothing_like"
    ):
        load(scan("strategies", plugins)["odd"])


def test_a_plug_in_that_is_no_python_is_named_with_its_line(plugins: Path) -> None:
    strategy(plugins, '"""Mine."""\n\nclass Odd(:\n')
    with pytest.raises(PluginError, match=r"^plugins/strategies/odd\.py:3: cannot be imported: SyntaxError"):
        load(scan("strategies", plugins)["odd"])


def test_a_kind_that_differs_from_its_file_is_refused(plugins: Path) -> None:
    strategy(plugins, (plugins / "strategies" / "drift.py").read_text())
    with pytest.raises(
        PluginError, match=r"^plugins/strategies/odd\.py: kind is 'drift', the file's stem 'odd': make them equal"
    ):
        params_class(scan("strategies", plugins)["odd"], StrategyParams)


def test_two_params_classes_in_one_file_are_refused(plugins: Path) -> None:
    text = (plugins / "strategies" / "drift.py").read_text()
    strategy(plugins, text + '\n\nclass MoreParams(StrategyParams):\n    """More."""\n')
    with pytest.raises(PluginError, match="one Params class a file is allowed, found DriftParams, MoreParams"):
        params_class(scan("strategies", plugins)["odd"], StrategyParams)


def test_commissions_and_slippages_share_a_folder_and_are_told_apart_by_their_base(plugins: Path) -> None:
    kinds = scan("costs", plugins)
    assert params_class(kinds["per_ounce"], CommissionParams) is not None
    assert params_class(kinds["per_ounce"], SlippageParams) is None
    assert params_class(kinds["slide"], SlippageParams) is not None


def share(plugins: Path) -> float:
    """What the plug-in `odd` says its share is, as the process has it now."""
    return float(load(scan("strategies", plugins)["odd"]).SHARE)


def test_an_edited_plug_in_is_imported_anew(plugins: Path) -> None:
    strategy(plugins, '"""Odd."""\nSHARE = 0.50\n')
    assert share(plugins) == 0.5
    before = mount_number()
    assert share(plugins) == 0.5
    assert mount_number() == before
    strategy(
        plugins, '"""Odd."""\nSHARE = 0.75\n'
    )  # of the same size, within the second that bytecode is told apart by
    assert share(plugins) == 0.75
    assert mount_number() > before


def test_a_plug_in_whose_helper_or_package_was_edited_is_imported_anew(plugins: Path) -> None:
    strategy(plugins, '"""Odd."""\nfrom enerqis_plugins.strategies.pkg import SHARE\n')
    strategy(plugins, "from ._share import SHARE\n", "pkg/__init__")
    strategy(plugins, "SHARE = 0.50\n", "pkg/_share")
    assert share(plugins) == 0.5
    strategy(plugins, "SHARE = 0.75\n", "pkg/_share")
    assert share(plugins) == 0.75
    strategy(plugins, "SHARE = 0.25\n", "pkg/__init__")
    assert share(plugins) == 0.25
