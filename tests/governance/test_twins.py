"""A document as data and back."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerqis.governance.headers import canonical
from enerqis.governance.twins import content_of, payload_of
from enerqis.spec.twin import Content

ROOT = Path(__file__).parents[2]
PAGE = """# US equities

- **symbols**: AAPL, IBM
- **rows**: 2517
- **share**: 0.25
- **is_adjusted**: false
- **digest**: 1e5

Daily bars.

## Sources

| file | bytes |
| --- | --- |
| a\\|b.csv | 120 |

- one
- two

```bash
enerqis list

enerqis lint
```
"""
DATA = {
    "title": "US equities",
    "fields": {"symbols": "AAPL, IBM", "rows": 2517, "share": 0.25, "is_adjusted": False, "digest": "1e5"},
    "sections": [
        {"level": 0, "heading": "", "blocks": [{"text": "Daily bars."}]},
        {
            "level": 2,
            "heading": "Sources",
            "blocks": [
                {"columns": ["file", "bytes"], "rows": [["a|b.csv", 120]]},
                {"items": ["one", "two"]},
                {"language": "bash", "code": "enerqis list\n\nenerqis lint"},
            ],
        },
    ],
}
PIECES = st.sampled_from(
    [
        "# A",
        "## B",
        "- **k**: 1",
        "- **k**: x ",
        "- i",
        "| a | b |",
        "| --- | --- |",
        "| 1 |",
        "```",
        "~~~",
        "```py x",
        "",
        " ",
    ]
)


def test_a_document_is_read_as_data():
    assert json.loads(content_of(PAGE).model_dump_json()) == DATA


def test_data_are_written_as_the_document():
    assert payload_of(Content.model_validate_json(json.dumps(DATA))) == PAGE


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text("ab |\\#`-*:\n", max_size=8), max_size=12).map("\n".join))
def test_any_document_comes_back_to_the_byte(text):
    payload = canonical(text)
    content = content_of(payload)
    assert payload_of(content) == payload
    assert content_of(payload_of(content)) == content
    assert Content.model_validate_json(content.model_dump_json()) == content


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.stem)
def test_every_page_of_the_project_comes_back_to_the_byte(path):
    payload = canonical(path.read_text("utf-8"))
    assert payload_of(content_of(payload)) == payload


@pytest.mark.parametrize(
    ("key", "value"),
    [("title", "two\nlines"), ("fields", {"a": "two\nlines"}), ("fields", {"a": " blank"}), ("fields", {"a*": 1})],
)
def test_data_that_no_line_can_say_are_refused(key, value):
    with pytest.raises(ValueError, match="String should match pattern"):
        Content.model_validate_json(json.dumps({key: value}))
