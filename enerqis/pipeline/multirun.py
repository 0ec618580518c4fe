"""Multirun: many points of one experiment, named by words in Hydra's grammar, in one process and one table.

Nothing under ``data/`` is touched: the table lies in the store under the sweep's own identity, made of its points' identities.
A search that the words choose, or the experiment where nothing is swept, runs as the stage `sweep` does; swept words are its
space.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enerqis.compose.digests import code_digest
from enerqis.compose.environment import environment_digest
from enerqis.compose.freezing import freeze_sweep, parts_of, pinned
from enerqis.compose.structure_pins import StructurePins
from enerqis.compose.sweep_base import SweepBase
from enerqis.compose.sweep_space import with_words
from enerqis.compose.sweep_words import Span, SweepWords, Value, sweep_words
from enerqis.compose.unions import AnyExperiment
from enerqis.core.errors import ConfigError, EnerqisError, Problem
from enerqis.interfaces.search import SearchParams, SpaceParams
from enerqis.io.atomic import write_text
from enerqis.io.hashing import digest, table_digest
from enerqis.io.locks import exclusive
from enerqis.io.parquet import read_any, write_table
from enerqis.io.project import Project
from enerqis.io.store import Store
from enerqis.pipeline import receipts
from enerqis.pipeline.evaluating import Candidate, Evaluation
from enerqis.pipeline.launching import launched
from enerqis.pipeline.point_table import POINTS_TABLE
from enerqis.pipeline.preparing import Grounds
from enerqis.pipeline.resolve import pins_of
from enerqis.pipeline.runner import Runner
from enerqis.pipeline.stage import Outcome
from enerqis.pipeline.standing import Standing
from enerqis.pipeline.sweep import result_digest
from enerqis.pipeline.sweep_counting import SweepCount
from enerqis.pipeline.swept import Swept
from enerqis.spec.slices import SliceDocument
from enerqis.tracking.ledger import DEFAULT_ADDRESS, open_ledger

STAGE = "sweep"
POINTS_DOMAIN = "enerqis/points/1"
BLOCK = 2_000
"""Points that are made together."""

TRIED = 20
"""Points of which one must be right where what they share is wrong by itself."""

PLACES = ("search.launcher=", "search.cluster=")
"""Words that say where points are run, and nothing of a search."""

MULTIRUN = "multirun"
"""Stage of the receipt of points that words named; one that a search named has the stage `sweep`."""


def _silent(line: str) -> None:
    """Say nothing."""


@dataclass
class SweepWatch:
    """What is told of a sweep while it goes on.

    Parameters
    ----------
    say : callable
        Takes one line.
    on_progress : callable
        Takes how the sweep stands, after each part.
    """

    say: Callable[[str], None] = field(default=_silent)
    on_progress: Callable[[Standing], None] = field(default=lambda _: None)


def multirun(
    experiment: str, words: Sequence[str], *, project: Path | None = None, watch: SweepWatch | None = None
) -> Swept:
    """Run all points that words name, or those that a search proposes.

    Parameters
    ----------
    experiment : str
        Stem of a file in ``conf/experiment``.
    words : sequence of str
        In Hydra's grammar; swept ones and plain ones.
    project : Path, optional
        A folder of the project; the working directory by default.
    watch : SweepWatch, optional

    Raises
    ------
    EnerqisError
        If the words cannot be read, a swept key does not exist, or what all points share is wrong; a point that is wrong
        fails alone.
    """
    found = Project.find(project)
    seen = watch or SweepWatch()
    parsed = sweep_words(found, words)
    sweep = _Multirun(found, experiment, parsed, seen)
    base = sweep.first_base()
    search = base.spec.search if base.spec is not None else None
    if isinstance(search, SpaceParams) and (_names_search(parsed) or not parsed.is_swept):
        return sweep.searched(base)
    if parsed.spans:
        raise ConfigError([_endless(span) for span in parsed.spans])
    if not parsed.axes:
        message = "nothing is swept. Write key=a,b or key=range(1,9), or choose a search: search=NAME."
        raise ConfigError([Problem("<command line>", "", message)])
    unknown = [] if any(axis.is_choice for axis in parsed.axes) else base.unknown_keys(parsed.axes)
    if unknown:
        raise ConfigError(unknown)
    return sweep.listed(base)


def _names_search(words: SweepWords) -> bool:
    """Whether the words choose a search or say something of it: else swept words name points, and the search has no say."""
    named = [word.lstrip("+") for word in words.fixed]
    return any(word.startswith(("search=", "search.")) and not word.startswith(PLACES) for word in named)


class _Multirun:
    """One multirun."""

    def __init__(self, project: Project, experiment: str, words: SweepWords, watch: SweepWatch) -> None:
        self._project = project
        self._experiment = experiment
        self._words = words
        self._watch = watch
        self._choices = [axis for axis in words.axes if axis.is_choice]
        self._pins = StructurePins(project)
        self._grounds = Grounds(project, experiment, watch.say)
        self._spec: AnyExperiment | None = None
        self._bases: dict[tuple[str, ...], SweepBase | ConfigError] = {}

    def first_base(self) -> SweepBase:
        """Return the first choice of files that can be composed.

        Raises
        ------
        ConfigError
            If there is none: that of the first.
        """
        faults = []
        for values in itertools.product(*(axis.values for axis in self._choices)):
            found = self._base(tuple(value.word for value in values))
            if isinstance(found, SweepBase):
                return found
            faults.append(found)
        raise faults[0]

    def listed(self, base: SweepBase) -> Swept:
        """Run the grid that the words name."""
        if base.spec is None and not self._may_hold():
            raise ConfigError([Problem("", "", f"every point is wrong, the first: {next(self._candidates()).problem}")])
        count = self._count(base)
        evaluation = Evaluation(self._project, self._grounds.of, self._pins.of, on_progress=self._showing(count))
        evaluation.progress.total = self._words.points
        points = self._candidates()
        while block := list(itertools.islice(points, BLOCK)):
            evaluation.enter(block)
        spec = base.spec or self._spec
        if spec is None:
            raise ConfigError(
                [Problem("<command line>", "", f"every point is wrong, the first: {evaluation.entries[0].error}")]
            )
        document, pins = self._document(spec, evaluation)
        contents = sorted({each.content for each in evaluation.entries} - {""})
        data = {"parquet" if len(contents) == 1 else f"parquet/{i}": each for i, each in enumerate(contents)}
        components = receipts.identity(document, data)
        stage_id = receipts.stage_id(MULTIRUN, components)
        store = Store(self._project.store)
        folder = store.entry(MULTIRUN, stage_id)
        with exclusive(self._project.locks / f"{MULTIRUN}-{stage_id}.lock", on_wait=self._watch.say):
            is_new = not store.has(MULTIRUN, stage_id)
            if is_new:
                evaluation.on_progress = self._telling(count)
                evaluation.on_progress(evaluation)
                with launched(self._project, spec.search) as evaluation.launch:
                    evaluation.run()
                outcome = self._outcome(evaluation)
                details = receipts.details(self._project, document, pins)
                with store.create(MULTIRUN, stage_id) as work:
                    write_table(evaluation.table(), work / POINTS_TABLE)
                    receipt = receipts.receipt(MULTIRUN, components, document, outcome, details)
                    write_text(work / receipts.RECEIPT_FILE, receipts.text(receipt))
                evaluation.finish()
        facts = receipts.read(folder)["facts"]
        table = read_any(folder / POINTS_TABLE)
        best = count.standing(evaluation).best if is_new else count.found(table)
        return Swept(self._experiment, base.dataset, spec, folder, stage_id, is_new, facts, table, best)

    def _count(self, base: SweepBase) -> SweepCount:
        spec = base.spec
        ledger = open_ledger(self._project, DEFAULT_ADDRESS if spec is None else spec.tracking.ledger_uri)
        search = SearchParams() if spec is None else spec.search
        return SweepCount(self._project.root, ledger, search, experiment=self._experiment, dataset=base.dataset)

    def _showing(self, count: SweepCount) -> Callable[[Evaluation], None]:
        """Return what tells whoever watches, and not the ledger, of points that are named: the sweep may be over already."""
        return lambda evaluation: self._watch.on_progress(count.standing(evaluation))

    def _telling(self, count: SweepCount) -> Callable[[Evaluation], None]:
        """Return what tells the ledger, then whoever watches, of a sweep under way."""
        return lambda evaluation: self._watch.on_progress(count.take(evaluation))

    def _document(self, spec: AnyExperiment, evaluation: Evaluation) -> tuple[SliceDocument, receipts.Pins]:
        """Return what the sweep's receipt says of its words, code and environment, and what those hashes are made of."""
        pins = pinned(self._project, STAGE, parts_of(self._project, "", spec, STAGE))
        code, environment = dict(pins.code), dict(pins.environment)
        for each in self._pins.every:
            code |= each.code
            environment |= each.environment
        axes = [
            f"{axis.key}={','.join(value.word.partition('=')[2] for value in axis.values)}" for axis in self._words.axes
        ]
        points = [[each.values, each.run_id or each.error] for each in evaluation.entries]
        document = SliceDocument(
            spec={"experiment": self._experiment, "words": [*self._words.fixed, *axes], "seed": spec.seed},
            spec_sha256=digest(POINTS_DOMAIN, points),
            code_sha256=code_digest(code),
            engine_sha256=None,
            env_sha256=environment_digest(environment),
        )
        return document, {"code": {document.code_sha256: code}, "environment": {document.env_sha256: environment}}

    def _outcome(self, evaluation: Evaluation) -> Outcome:
        table = evaluation.table()
        outputs = {POINTS_TABLE: table_digest([table], table.schema)}
        return Outcome(result_digest(outputs), outputs, {**evaluation.facts(), "left_out": 0})

    def searched(self, base: SweepBase) -> Swept:
        """Run the search that the files choose, over its own space and the words'."""
        spec = with_words(base, self._words)
        self._grounds.name(spec, base.dataset)
        inputs = self._grounds.inputs(spec)
        frozen = freeze_sweep(self._project, spec)
        count = self._count(base)
        with launched(self._project, spec.search) as launch:
            pins, telling = pins_of([frozen]), self._telling(count)
            runner = Runner(self._project, pins, self._watch.say, on_progress=telling, launch=launch)
            done = runner.run(STAGE, self._experiment, frozen.document, inputs, place=False)
        table = read_any(done.folder / POINTS_TABLE)
        best = count.found(table)
        found = (done.folder, done.stage_id, done.is_new, done.facts)
        return Swept(self._experiment, base.dataset, spec, *found, table, best)

    def _candidates(self) -> Iterator[Candidate]:
        axes = self._words.axes
        for values in itertools.product(*(axis.values for axis in axes)):
            chosen = tuple(value.word for axis, value in zip(axes, values, strict=True) if axis.is_choice)
            shown = {axis.key: value.value for axis, value in zip(axes, values, strict=True)}
            set_values = [(axis.key, value) for axis, value in zip(axes, values, strict=True) if not axis.is_choice]
            yield self._candidate(shown, chosen, set_values)

    def _candidate(
        self, shown: dict[str, Any], chosen: tuple[str, ...], values: Sequence[tuple[str, Value]]
    ) -> Candidate:
        base = self._base(chosen)
        if isinstance(base, ConfigError):
            return Candidate(shown, None, str(base))
        try:
            spec = base.at(values)
        except EnerqisError as exc:
            return Candidate(shown, None, str(exc))
        self._grounds.name(spec, base.dataset)
        self._spec = self._spec or spec
        return Candidate(shown, spec)

    def _base(self, chosen: tuple[str, ...]) -> SweepBase | ConfigError:
        """Return one choice of files, or what is wrong with it."""
        if chosen not in self._bases:
            try:
                base = self._composed(chosen)
                if base.spec is not None:
                    self._grounds.name(base.spec, base.dataset)
                self._bases[chosen] = base
            except ConfigError as exc:
                self._bases[chosen] = exc
        return self._bases[chosen]

    def _composed(self, chosen: tuple[str, ...]) -> SweepBase:
        words = [*self._words.fixed, *chosen]
        is_listed = self._words.is_swept and not _names_search(self._words)
        return SweepBase(self._project, self._experiment, words, is_listed=is_listed)

    def _may_hold(self) -> bool:
        """Return whether any of the first points is right; where none is, the values that are swept are not to blame."""
        return any(each.spec is not None for each in itertools.islice(self._candidates(), TRIED))


def _endless(span: Span) -> Problem:
    message = (
        "an interval means any number between its ends, more than can be listed. "
        "Write key=range(low,high,step), or choose a search: search=random."
    )
    return Problem("<command line>", span.key, message)
