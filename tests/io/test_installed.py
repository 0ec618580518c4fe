"""Pins against what is installed here: numpy is, an invented distribution is not."""

from importlib.metadata import version

from enerqis.compose.pins import installed_pins, pins_text
from enerqis.io.installed import differing, is_installed
from enerqis.io.requirements import pins_of


def test_pins_that_are_met_differ_in_nothing():
    assert differing(pins_of(pins_text(installed_pins("pandas")))) == []


def test_a_pin_with_hashes_that_is_not_met_is_one_sentence():
    text = (
        "numpy==1.0 \\\n    --hash=sha256:" + "0" * 64 + " \\\n    --hash=sha256:" + "1" * 64 + "\n    # via pandas\n"
    )
    assert differing(pins_of(text)) == [f"numpy {version('numpy')} is installed, 1.0 is pinned"]


def test_a_missing_distribution_is_named_and_one_for_another_system_is_not():
    text = "no-such-thing-at-all==1.0\nno-such-thing-either==2.0 ; sys_platform == 'plan9'\n"
    assert differing(pins_of(text)) == ["no-such-thing-at-all==1.0 is not installed"]


def test_a_distribution_is_installed_in_whichever_version():
    assert [is_installed(pin) for pin in pins_of("numpy==1.0\nno-such-thing-at-all==1.0\n")] == [True, False]
