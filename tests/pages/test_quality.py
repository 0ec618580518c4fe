from enerqis.pages.quality import quality_box


def test_only_what_the_manifest_says_is_shown():
    box = quality_box({}, ["X"])
    assert box == ([], [], [], [])


def test_counts_rules_symbols_and_sources_are_read_from_the_manifest():
    manifest = {
        "rows": {"received": 1200, "kept": 1100, "rejected": 0},
        "frequency": "1d",
        "first_ts_open": "2000-03-01T14:30:00Z",
        "rules": {"zero_volume": {"noted": 3}, "duplicate": {"rejected": 2, "fixed": 1}},
        "symbols": {
            "X": {"bars": 9, "splits": [{"session": "2005-02-28", "value": 2.0}], "jump_count": 4},
            "Y": {"bars": 1},
        },
        "sources": [{"source": "wheel: x.csv", "size": 10_000, "sha256": "00"}],
    }
    box = quality_box(manifest, ["X", "Z"])
    assert box.facts == [
        ("rows received", "1,200"),
        ("bars kept", "1,100"),
        ("bar", "1d"),
        ("first open", "2000-03-01 14:30 UTC"),
    ]
    assert [tuple(rule) for rule in box.rules] == [("duplicate", 2, 1, 0), ("zero_volume", 0, 0, 3)]
    assert [(row.symbol, row.bars, row.jumps, row.splits) for row in box.symbols] == [("X", 9, 4, "2 on 2005-02-28")]
    assert box.sources == [("wheel: x.csv", "10,000", "00")]
