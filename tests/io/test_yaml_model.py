"""A file read as one model: every fault at its key, and no value of the file in a message or its cause."""

import traceback

import pytest
from pydantic import Field

from enerqis.core.errors import ConfigError
from enerqis.io.yaml_model import read_yaml
from enerqis.spec.base import Spec


class Window(Spec):
    """A file of one key."""

    bars: int = Field(description="bars")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bars: do-not-show-me", "window.yaml: bars: Input should be a valid integer"),
        ("bars: 3\nother: do-not-show-me", "window.yaml: other: Extra inputs are not permitted"),
        ("bars: [do-not-show-me", "window.yaml: not YAML in UTF-8"),
    ],
)
def test_a_wrong_value_is_named_by_its_key_and_never_quoted(tmp_path, text, said):
    path = tmp_path / "window.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as caught:
        read_yaml(path, Window, shown="window.yaml")
    assert "do-not-show-me" not in "".join(traceback.format_exception(caught.value))


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(ConfigError, match=r"window\.yaml: missing"):
        read_yaml(tmp_path / "window.yaml", Window, shown="window.yaml")
