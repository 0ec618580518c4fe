"""Ends, depths and ways of a small fork that was drawn by hand: a to b and c, both to d; e stands alone after what is gone."""

from enerqis.io.fork import depths, heads, leading_to

LINKS = {"d": ("b", "c"), "b": ("a",), "c": ("a",), "a": (), "e": ("gone",)}


def test_heads_are_what_nothing_comes_after():
    assert heads(LINKS) == ("d", "e")


def test_depth_counts_the_longest_way():
    assert depths(LINKS) == {"a": 1, "b": 2, "c": 2, "d": 3, "e": 1}


def test_what_leads_to_a_line_is_found_over_every_way():
    assert leading_to(LINKS, "d") == {"a", "b", "c", "d"}
    assert leading_to(LINKS, "c") == {"a", "c"}
    assert leading_to(LINKS, "gone") == set()
