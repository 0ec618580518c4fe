from enerqis.cv import none
from enerqis.cv.none import NoneParams
from enerqis.interfaces.splitter import Splitter


def test_nothing_is_split():
    splitter = Splitter(none, NoneParams())
    assert list(splitter.split([[1.0]] * 9)) == []
    assert splitter.get_n_splits() == 0
