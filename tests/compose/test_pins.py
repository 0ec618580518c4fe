"""Pins against what is installed here: numpy is, an invented distribution is not."""

from importlib.metadata import version

from enerqis.compose.pins import installed_pins


def test_pins_hold_a_distribution_and_everything_it_needs_here():
    pins = installed_pins("pandas")
    assert pins["pandas"] == version("pandas")
    assert pins["numpy"] == version("numpy")
    assert pins["python-dateutil"] == version("python-dateutil")
    assert "pytest" not in pins  # only an extra of pandas needs it
    assert list(pins) == sorted(pins)
