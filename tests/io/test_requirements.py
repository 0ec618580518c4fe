"""Lines of requirements files, written by hand as pip's documentation has them."""

import pytest

from enerqis.core.errors import SetupError
from enerqis.io.requirements import Pin, pins_of, read_pins

ONE, TWO = "1" * 64, "2" * 64


def test_a_pin_with_marker_hashes_and_comments_is_read_whole():
    text = (
        "# made by a tool\n"
        f"Zope.Interface==7.2 ; python_version < '4' \\\n    --hash=sha256:{TWO} \\\n    --hash=sha256:{ONE}\n"
        "    # via something\n"
        "moto[kms]==5.1  # for tests\n"
    )
    assert pins_of(text) == [
        Pin("zope-interface", "7.2", 'python_version < "4"', (ONE, TWO)),
        Pin("moto", "5.1", "", ()),
    ]


def test_a_marker_of_another_system_does_not_hold_here():
    here, there = pins_of("one==1 ; sys_platform != 'plan9'\ntwo==2 ; sys_platform == 'plan9'\n")
    assert here.is_for_this_system
    assert not there.is_for_this_system


@pytest.mark.parametrize("line", ["numpy>=2", "numpy", "numpy==2.*", "numpy==2,!=2.1", "-e .", "../numpy.whl"])
def test_what_is_no_pin_of_one_version_is_refused(line):
    with pytest.raises(SetupError, match=r"requirements\.txt: '.*' is no pin"):
        pins_of(line + "\n")


def test_a_missing_file_is_named_with_what_to_do(tmp_path):
    with pytest.raises(SetupError, match=r"requirements\.txt is missing\. Pin"):
        read_pins(tmp_path / "requirements.txt")
