"""Files that are not what a reader of YAML expects end in messages that name a file, never in a traceback."""

import pytest

from enerqis.compose.experiments import resolve_all
from enerqis.compose.linting import lint_file
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project

BAD = {
    "a list": "- a\n- b\n",
    "a word": "hello\n",
    "nothing": "",
    "a zero byte": "kind: dr\0ift\n",
    "a key that is no text": "null: 3\n",
    "a key that is a list": "? [a, b]\n: 3\n",
    "an integer beyond every range": "kind: drift\nfast_bars: 99999999999999999999999999\n",
    "a float beyond every range": "kind: drift\nfast_bars: 1e400\n",
    "bytes": "kind: !!binary aGVsbG8=\n",
    "a call": "kind: !!python/object/apply:os.system [echo]\n",
    "defaults as a mapping": "defaults: {a: b}\nkind: drift\n",
    "defaults as a word": "defaults: drift\nkind: drift\n",
    "defaults of mappings of mappings": "defaults:\n  - a: {b: c}\n",
    "defaults of nothing": "defaults:\n  - null\n",
    "defaults that choose the file itself": "defaults:\n  - drift\n",
    "half an interpolation": "kind: drift\nsource: ${\n",
    "an interpolation of itself": "kind: drift\nsource: ${strategy.source}\n",
    "an interpolation of a mapping": "kind: drift\nsource: ${dataset}\n",
    "a mapping for a number": "kind: drift\nfast_bars: {a: 1}\n",
    "a list for a kind": "kind: [drift]\n",
    "two documents": "kind: drift\n---\nkind: drift\n",
    "a deep nest": "kind: drift\nsource: " + "[" * 300 + "]" * 300 + "\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("name", ["conf/strategy/drift.yaml", "params.yaml"])
def test_a_bad_file_is_refused_with_a_place(project: Project, name: str, text: str) -> None:
    path = project.root / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^(conf/[a-z_/]+|params)\.yaml:[0-9]+:[0-9]+: "):
        resolve_all(project)
    assert all(problem.where for problem in lint_file(project, path))
