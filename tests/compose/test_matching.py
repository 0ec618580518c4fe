from enerqis.compose.matching import allowed_values, nearest


def test_the_nearest_word_is_named_before_what_is_allowed():
    assert allowed_values("fast_barz", ["slow_bars", "fast_bars"]) == (
        " Did you mean 'fast_bars'? Allowed: slow_bars, fast_bars."
    )


def test_a_word_like_nothing_has_no_neighbour():
    assert nearest("xyz", ["fast_bars"]) == ""
    assert allowed_values("xyz", ["fast_bars"]) == " Allowed: fast_bars."


def test_a_long_list_is_cut_and_its_far_end_still_matched():
    words = [f"indicator_{number:03}" for number in range(100)]
    shown = allowed_values("indicator_0990", [*words, "donchian_upper"])
    assert shown.count("indicator_") == 25  # 24 of the list, and the nearest
    assert shown.endswith(", ....")
    assert "Did you mean 'donchian_upper'?" in allowed_values("donchian_uper", [*words, "donchian_upper"])


def test_where_nothing_is_allowed_it_says_so():
    assert allowed_values("a", []) == " Allowed: nothing."
