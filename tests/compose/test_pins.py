"""Pins against what is installed here: numpy is, an invented distribution is not."""

from importlib.metadata import version

from enerqis.compose.pins import differing_pins, installed_pins, pins_text


def test_pins_hold_a_distribution_and_everything_it_needs_here():
    pins = installed_pins("pandas")
    assert pins["pandas"] == version("pandas")
    assert pins["numpy"] == version("numpy")
    assert pins["python-dateutil"] == version("python-dateutil")
    assert "pytest" not in pins  # only an extra of pandas needs it
    assert list(pins) == sorted(pins)


def test_pins_that_are_met_differ_in_nothing():
    assert differing_pins(pins_text(installed_pins("pandas"))) == []


def test_a_pin_with_hashes_that_is_not_met_is_one_sentence():
    text = "numpy==1.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n    # via pandas\n"
    assert differing_pins(text) == [f"numpy {version('numpy')} is installed, 1.0 is pinned"]


def test_a_missing_distribution_is_named_and_one_for_another_system_is_not():
    text = "no-such-thing-at-all==1.0\nno-such-thing-either==2.0 ; sys_platform == 'plan9'\n"
    assert differing_pins(text) == ["no-such-thing-at-all==1.0 is not installed"]
