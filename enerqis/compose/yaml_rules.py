"""Rules that every YAML file must keep: no code, no reach outside, nothing that two readers read differently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import yaml

from enerqis.compose.positions import Place, fault

PACKAGE_LINE = re.compile(r"^\s*#\s*@package\b")
SCHEMA_LINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$")
META_LINE = re.compile(r"^# (?:ERQ-META-(?:BEGIN|END)$|\{\"canonicalization\")")
"""A line of the header of a governed document."""
RESOLVER = re.compile(r"\$\{[^}]*:")
"""An interpolation that calls a function instead of naming a key."""
OUTSIDE = re.compile(r"^(?:~?[/\\][^\s/]|~$|[A-Za-z]:[\\/]|file:|[a-z+]+:////)|(?:^|[/\\])\.\.(?:[/\\]|$)")
AMBIGUOUS = re.compile(
    r"^(?:[-+]?0[0-9_]+|[-+]?[0-9]+(?:_[0-9]+)+|[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|(?i:y|n|yes|no|on|off))$"
)
CODE_KEYS = ("_target_", "_partial_", "_args_", "_convert_", "_recursive_")


class Finding(NamedTuple):
    """One broken rule: where in the file, at which dotted key, and what to do."""

    place: Place
    key: str
    message: str


class Entry(NamedTuple):
    """A key and its value in a YAML document, with the path of the mapping they stand in."""

    path: tuple[str, ...]
    key: yaml.Node
    value: yaml.Node

    @property
    def dotted(self) -> str:
        """The whole path, for messages."""
        return ".".join((*self.path, str(self.key.value)))


def findings(text: str) -> Iterator[Finding]:
    """Yield every broken rule of a YAML text; one alone where the text is not YAML."""
    yield from _line_rules(text)
    try:
        anchors = list(_anchors(text))
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as exc:
        place, reason = fault(exc)
        yield Finding(place, "", reason)
        return
    yield from anchors
    if root is not None and not isinstance(root, yaml.MappingNode):
        yield Finding(_place(root), "", "expected a mapping of keys at the top of the file.")
    for entry in _entries(root, ()):
        for rule in (_code_key, _blank_key):
            yield from rule(entry)
    yield from _doubled(root, ())
    for path, scalar in _scalars(root, ()):
        if "defaults" not in path[:1]:
            for check in SCALAR_RULES:
                message = check(scalar)
                if message:
                    yield Finding(_place(scalar), ".".join(path), message)


def schema_of(text: str) -> str:
    """Return the schema that line 1 or 2 of a file names for editors, or an empty text."""
    for line in text.splitlines()[:2]:
        match = SCHEMA_LINE.match(line)
        if match:
            return match.group(1)
    return ""


def _line_rules(text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        if number > 1 and PACKAGE_LINE.match(line):
            yield Finding(Place(number, 1), "", "'# @package' counts on line 1 only. Move it there.")
        if "\t" in line:
            yield Finding(Place(number, line.index("\t") + 1), "", "a tab. Indent with blanks.")


def _anchors(text: str) -> Iterator[Finding]:
    """Yield anchors, aliases and explicit tags."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            yield Finding(
                _mark(event.start_mark), "", f"anchor or alias '{event.anchor}'. Write ${{key}} to repeat a value."
            )
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            yield Finding(_mark(event.start_mark), "", f"tag '{event.tag}'. Write plain values.")


def _entries(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[Entry]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield Entry(path, key, value)
            yield from _entries(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _entries(item, (*path, str(index)))


def _scalars(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield path, node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _scalars(item, (*path, str(index)))


def _doubled(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[Finding]:
    """Yield keys that stand twice in one mapping."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _doubled(item, (*path, str(index)))
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            dotted = ".".join((*path, name))
            yield Finding(_place(key), dotted, f"key '{name}' stands here twice, first on line {seen[name]}. Keep one.")
        seen.setdefault(name, key.start_mark.line + 1)
        yield from _doubled(value, (*path, name))


def _code_key(entry: Entry) -> Iterator[Finding]:
    name = str(entry.key.value)
    if name in CODE_KEYS:
        message = f"'{name}' makes a config run code. Choose a plug-in with 'kind' instead."
        yield Finding(_place(entry.key), entry.dotted, message)
    if name.partition(".")[0] == "hydra" and not entry.path:
        yield Finding(_place(entry.key), entry.dotted, "Hydra itself is not configured in ENERQIS. Remove it.")


def _blank_key(entry: Entry) -> Iterator[Finding]:
    name = str(entry.key.value)
    if name != name.strip():
        yield Finding(_place(entry.key), entry.dotted, f"blanks at the ends of the key '{name}'. Remove them.")


def _resolver(scalar: yaml.ScalarNode) -> str:
    if RESOLVER.search(scalar.value):
        return f"'{scalar.value}' calls a resolver. Allowed: ${{key}} alone, which names another key of the spec."
    return ""


def _outside(scalar: yaml.ScalarNode) -> str:
    if OUTSIDE.search(scalar.value):
        return f"'{scalar.value}' is an absolute path or leads out of the project. Write a path below the project."
    return ""


def _ambiguous(scalar: yaml.ScalarNode) -> str:
    if scalar.style is None and AMBIGUOUS.match(scalar.value):
        return (
            f"{scalar.value} is read as different things by different readers of YAML. Quote it, or write it plainly."
        )
    return ""


def _blank_value(scalar: yaml.ScalarNode) -> str:
    text = scalar.value.rstrip("\n")
    if text.strip() and text != text.strip():
        return f"blanks at the ends of '{text}'. Remove them."
    return ""


SCALAR_RULES: tuple[Callable[[yaml.ScalarNode], str], ...] = (_resolver, _outside, _ambiguous, _blank_value)
"""What each value of a file, its defaults list excepted, is held to; an empty text where it holds."""


def _place(node: yaml.Node) -> Place:
    return _mark(node.start_mark)


def _mark(mark: Any) -> Place:
    """Return a mark of the YAML parser, which counts from 0 and may be absent, as a place."""
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
