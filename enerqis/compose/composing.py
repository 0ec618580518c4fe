"""Composing: Hydra's merge of defaults lists and overrides, as plain data. The only file that knows Hydra and OmegaConf.

Hydra's own application (``@hydra.main``), its ``hydra`` node, its search path and its plug-ins are not part of a composition:
they run code that a config names. What is used is its defaults list, its merge and its override grammar.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from hydra import version as hydra_version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import CachingConfigRepository, ConfigRepository
from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.core_plugins.structured_config_source import StructuredConfigSource
from hydra._internal.defaults_list import DefaultsList, create_defaults_list
from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from hydra.plugins.config_source import ConfigResult
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from enerqis.compose.complaints import ROOT, Asked, in_our_words
from enerqis.compose.composed import OVERRIDE, Composed, Source
from enerqis.compose.positions import Key
from enerqis.compose.stamps import folder_stamp
from enerqis.compose.yaml_rules import RESOLVER
from enerqis.core.errors import ConfigError, Problem
from enerqis.core.groups import GROUPS
from enerqis.io.project import Project

GROUPS_OF_MANY = frozenset(each.name for each in GROUPS if each.many)
"""Groups of which an experiment has several choices, each under a name of its own."""


def compose(
    project: Project,
    overrides: Sequence[str] = (),
    *,
    root: str = ROOT,
    places: Mapping[str, str] | None = None,
) -> Composed:
    """Merge the files that `root` and `overrides` choose.

    Parameters
    ----------
    project : Project
    overrides : sequence of str
        In Hydra's grammar: ``group=choice``, ``key=value``, ``+key=value``, ``~key``; no sweeps.
    root : str
        Config to start from, without suffix: ``config``, or ``dataset/NAME`` for one dataset.
    places : mapping of override to str, optional
        Where an override was written, if not on the command line.

    Returns
    -------
    Composed
        Plain data with every interpolation resolved; ``???`` stays as text.

    Raises
    ------
    ConfigError
        If a file is missing or is not YAML, a choice does not exist, an override cannot be read or an interpolation
        names nothing.
    """
    places = places or {}
    parsed = [_parse(text, places.get(text, OVERRIDE)) for text in overrides]
    files = group_files(project)
    _refuse_nameless((each for each in parsed if files.chooses(each)), places)
    values = [each for each in parsed if not files.chooses(each)]
    try:
        merged = files.merged(root, tuple(each.input_line or "" for each in parsed if files.chooses(each)))
        config = copy.deepcopy(merged.config)
        ConfigLoaderImpl._apply_overrides_to_config(values, config)
    except (HydraException, OmegaConfBaseException, ValueError, yaml.YAMLError, RecursionError) as exc:
        raise ConfigError([in_our_words(project, exc, _asked(parsed, places))]) from exc
    composed = Composed(project, {}, merged.sources, tuple(overrides), _overridden(values, places))
    return _resolve(composed, config)


def _refuse_nameless(choices: Iterable[Override], places: Mapping[str, str]) -> None:
    """Refuse a choice of a group of many without a name for it: Hydra would merge the file into the mapping of names."""
    problems = [
        Problem(
            places.get(each.input_line or "", OVERRIDE),
            each.key_or_group,
            f"an experiment has many of these, each under a name. "
            f"Write +{each.key_or_group}@{each.key_or_group}.NAME={each.value()}.",
        )
        for each in choices
        if each.package is None and each.key_or_group in GROUPS_OF_MANY and not each.is_delete()
    ]
    if problems:
        raise ConfigError(problems)


def group_files(project: Project) -> GroupFiles:
    """Return the files of ``conf/`` by group, as they stand now."""
    return _files(project.conf, folder_stamp(project.conf, "*.yaml"))


class _Merged(NamedTuple):
    """Files merged, before values are overridden and interpolations resolved."""

    config: DictConfig
    sources: tuple[Source, ...]


class GroupFiles(ConfigRepository):
    """YAML files of one folder, each read once, each choice of groups merged once.

    Hydra's own composition reads and merges afresh whatever differs in one value only; merging costs ten times more than
    overriding a value. Whoever asks gets copies, because Hydra changes what it is given.
    """

    def __init__(self, conf: Path) -> None:
        search_path = ConfigSearchPathImpl()
        search_path.append("main", f"file://{conf}")
        search_path.append("schema", "structured://")
        super().__init__(search_path)
        self._conf = conf
        self._read: dict[str, ConfigResult | None] = {}
        self._merged: dict[tuple[str, tuple[str, ...]], _Merged] = {}

    def chooses(self, override: Override) -> bool:
        """Whether an override chooses a file of a group, rather than setting a value."""
        return self.group_exists(override.key_or_group) and not isinstance(override.value(), dict)

    def merged(self, root: str, choices: tuple[str, ...]) -> _Merged:
        """Return the merge of `root` with the groups chosen; the caller copies it before changing it."""
        if (root, choices) not in self._merged:
            repository = CachingConfigRepository(self)
            found = create_defaults_list(
                repo=repository,
                config_name=root,
                overrides_list=OverridesParser.create().parse_overrides(list(choices)),
                prepend_hydra=False,
                skip_missing=False,
            )
            loader = ConfigLoaderImpl.__new__(ConfigLoaderImpl)
            config = loader._compose_config_from_defaults_list(defaults=found.defaults, repo=repository)
            self._merged[root, choices] = _Merged(config, _sources(self._conf, found))
        return self._merged[root, choices]

    def load_config(self, config_path: str) -> ConfigResult | None:
        """Return the parsed file, or None where there is none."""
        if config_path not in self._read:
            self._read[config_path] = super().load_config(config_path)
        return copy.deepcopy(self._read[config_path])

    def __deepcopy__(self, memo: dict[int, Any]) -> GroupFiles:
        return self


@lru_cache(maxsize=4)
def _files(conf: Path, stamp: int) -> GroupFiles:
    """Return the reader of `conf`; a new one whenever its `stamp` differs."""
    del stamp
    hydra_version.setbase("1.3")
    for source in (FileConfigSource, StructuredConfigSource):
        SourcesRegistry.instance().register(source)
    return GroupFiles(conf)


def _parse(text: str, place: str) -> Override:
    try:
        override: Override = OverridesParser.create().parse_override(text)
    except HydraException as exc:
        reason = str(exc).partition("\n")[0]
        raise ConfigError([Problem(place, "", f"'{text}' is not an override: {reason}. Write key=value.")]) from exc
    if override.is_sweep_override():
        raise ConfigError(
            [
                Problem(
                    place,
                    override.key_or_group,
                    f"'{text}' is a sweep; one experiment takes one value for each key. Sweep with 'enerqis run -m'.",
                )
            ]
        )
    if override.key_or_group.partition(".")[0].partition("/")[0] == "hydra":
        raise ConfigError([Problem(place, override.key_or_group, "Hydra itself is not configured in ENERQIS.")])
    return override


def _sources(conf: Path, chosen: DefaultsList) -> tuple[Source, ...]:
    return tuple(
        Source(conf / f"{default.config_path}.yaml", default.package or "")
        for default in chosen.defaults
        if default.config_path
    )


def _overridden(overrides: Sequence[Override], places: Mapping[str, str]) -> dict[Key, str]:
    return {
        tuple(each.key_or_group.split(".")): places.get(each.input_line or "", OVERRIDE)
        for each in overrides
        if not each.is_delete()
    }


def _resolve(composed: Composed, config: DictConfig) -> Composed:
    """Return `composed` with the plain data of `config`, all interpolations resolved."""
    raw = OmegaConf.to_container(config, resolve=False)
    problems = []
    for path, text in _interpolated(raw, ()):
        message = _unresolvable(config, path, text)
        if message:
            problems.append(Problem(composed.where(path), ".".join(path), message))
    if problems:
        raise ConfigError(sorted(problems))
    data: Any = OmegaConf.to_container(config, resolve=True)
    return replace(composed, data=data, is_interpolated=bool(_interpolated(raw, ())))


def _unresolvable(config: DictConfig, path: Key, text: str) -> str:
    """Return what is wrong with the interpolation at `path`, or an empty text."""
    if RESOLVER.search(text):
        return f"'{text}' calls a resolver. Allowed: ${{key}} alone, which names another key of the spec."
    node: Any = config
    try:
        for step in path:
            node = node[int(step) if OmegaConf.is_list(node) else step]
    except OmegaConfBaseException:
        return f"'{text}' names no key of the spec."
    return ""


def _interpolated(node: Any, path: Key) -> list[tuple[Key, str]]:
    if isinstance(node, str):
        return [(path, node)] if "${" in node else []
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, item in children for found in _interpolated(item, (*path, str(key)))]


def _asked(overrides: Sequence[Override], places: Mapping[str, str]) -> list[Asked]:
    return [
        Asked(each.key_or_group, str(each.value()), places.get(each.input_line or "", OVERRIDE)) for each in overrides
    ]
