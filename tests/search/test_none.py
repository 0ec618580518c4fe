from enerqis.search import none


def test_nothing_is_tried():
    assert none.searcher(none.NoneParams(), lambda values: True).ask() == []
