"""The runner: everything around a stage's one function: inputs, identity, locks, the store, receipts, placing.

A result that is in the store is never computed again, whoever asks. A stage computes into the store and a copy is placed where
its outs belong; ingested data, being large, go straight to their outs, and their receipt is there.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enerqis.core.errors import EnerqisError, StageError
from enerqis.io.atomic import place_copy, replace, scratch_folder, sync_tree, write_text
from enerqis.io.locks import exclusive
from enerqis.io.mounting import PROJECT_PACKAGE
from enerqis.io.project import Project
from enerqis.io.store import Store
from enerqis.pipeline import receipts
from enerqis.pipeline.stage import Out, Work
from enerqis.spec.slices import SliceDocument
from enerqis.tracking.runlog import logger, working_on

LOG = logger(__name__)
IDENTITY_KEYS = ("stage_id", "result_sha256", "identity")
"""What a git-tracked file carries of its receipt."""


@dataclass(frozen=True)
class Done:
    """A finished stage.

    Parameters
    ----------
    stage, name : str
    stage_id : str
    result_sha256 : str
    folder : Path
        Where the result lies: the store's entry, for ingested data the folder of bars.
    parts : mapping of str to Path
        Where each named part of it lies: ``raw``, ``processed`` and ``parquet`` of ingested data.
    is_new : bool
        False where an earlier result served.
    facts : dict
        Counts for people.
    """

    stage: str
    name: str
    stage_id: str
    result_sha256: str
    folder: Path
    parts: Mapping[str, Path]
    is_new: bool
    facts: dict[str, Any]


@dataclass(frozen=True)
class Runner:
    """Runs stages of one project.

    Parameters
    ----------
    project : Project
    pins : mapping
        What the hashes in slices were made of, for receipts.
    say : callable
        Takes one line of progress.
    ledger_uri : str
        Where trials are counted; empty for the project's own ledger.
    on_progress : callable
        Takes what a long stage says of itself while it runs.
    launch : callable, optional
        Runs parts of a sweep elsewhere; by default they run in this process.
    """

    project: Project
    pins: receipts.Pins
    say: Callable[[str], None]
    ledger_uri: str = ""
    on_progress: Callable[[Any], object] = lambda _: None
    launch: Callable[..., Any] | None = None

    def run(
        self,
        stage: str,
        name: str,
        document: SliceDocument,
        inputs: Mapping[str, Path],
        *,
        place: bool,
        dataset: str = "",
    ) -> Done:
        """Make the result of one stage, or find it, and place it under ``data/`` if `place`.

        A slice that says its trial is counted in the ledger, under the name of its `dataset`.

        Raises
        ------
        EnerqisError
            With a note that names the stage and the spec.
        """
        with working_on(stage=stage, name=name):
            try:
                done = self._run(stage, name, document, inputs, place=place, dataset=dataset)
            except EnerqisError as exc:
                exc.add_note(f"in stage '{stage}' of '{name}'")
                LOG.error("%s", exc)
                raise
            with working_on(run_id=_run_id(done, inputs)):
                LOG.info("%s %s: result %s, new: %s", stage, done.stage_id, done.result_sha256, done.is_new)
            return done

    def _run(
        self,
        stage: str,
        name: str,
        document: SliceDocument,
        inputs: Mapping[str, Path],
        *,
        place: bool,
        dataset: str,
    ) -> Done:
        module = importlib.import_module(f"enerqis.pipeline.{stage}")
        work = Work(
            self.project,
            document.spec,
            dict(inputs),
            name,
            is_placed=place,
            on_progress=self.on_progress,
            launch=self.launch,
        )
        optional = getattr(module, "OPTIONAL", ())
        read = {key: inputs[key] for key in module.INPUTS if key in inputs or key not in optional}
        data = receipts.input_hashes(read, shown=module.SHOWS) | _governed(module, work)
        components = receipts.identity(document, data or module.pins(work))
        stage_id = receipts.stage_id(stage, components)
        with ExitStack() as stack:
            if place:
                lock = self.project.locks / f"{stage}-{name}.lock"
                stack.enter_context(exclusive(lock, on_wait=self.say))
            if module.KEEPS_OWN_OUTS:
                return self._straight(module, stage, stage_id, components, document, work, place=place)
            if document.trial_sha256 is not None:
                stack.enter_context(self._counted(stage, stage_id, components, document, name=name, dataset=dataset))
            entry, is_new = self._stored(module, stage, stage_id, components, document, work)
            if place:
                self._place(module.OUTS, entry, name)
        return self._done(stage, name, entry, {}, is_new=is_new)

    def _counted(
        self, stage: str, stage_id: str, components: dict[str, Any], document: SliceDocument, *, name: str, dataset: str
    ) -> AbstractContextManager[None]:
        """Return the block in which a trial is told to the ledger, whose database no other stage waits for."""
        from enerqis.pipeline.trials import counted, trial_of
        from enerqis.tracking.ledger import DEFAULT_ADDRESS, open_ledger

        trial = trial_of(document, components, run_id=stage_id, experiment=name, dataset=dataset)
        ledger = open_ledger(self.project, self.ledger_uri or DEFAULT_ADDRESS)
        return counted(ledger, trial, Store(self.project.store).entry(stage, stage_id))

    def _stored(
        self, module: Any, stage: str, stage_id: str, components: dict[str, Any], document: SliceDocument, work: Work
    ) -> tuple[Path, bool]:
        """Return the store's entry of a result, computing it if it is not there, and whether it was computed."""
        store = Store(self.project.store)
        entry = store.entry(stage, stage_id)
        if store.has(stage, stage_id):
            return entry, False
        with exclusive(self.project.locks / f"{stage}-{stage_id}.lock", on_wait=self.say):
            if store.has(stage, stage_id):
                return entry, False
            with store.create(stage, stage_id) as folder:
                self._compute(module, stage, components, document, work, folder)
        return entry, True

    def _compute(
        self, module: Any, stage: str, components: dict[str, Any], document: SliceDocument, work: Work, folder: Path
    ) -> None:
        """Compute into `folder`, then write the receipt into every part that carries one and, last, beside them."""
        outcome = module.compute(work, folder)
        if outcome.received and components["data"] and outcome.received != components["data"]:
            raise StageError("the source changed while it was read. Nothing was kept; run again when it is at rest.")
        self._refuse_edited(self.pins["code"][document.code_sha256])
        receipt = receipts.text(
            receipts.receipt(stage, components, document, outcome, receipts.details(self.project, document, self.pins))
        )
        for part in {out.part for out in module.OUTS if out.part and out.receipt == "file"}:
            write_text(folder / part / receipts.RECEIPT_FILE, receipt)
        write_text(folder / receipts.RECEIPT_FILE, receipt)

    def _refuse_edited(self, code: Mapping[str, str]) -> None:
        """Refuse a result of plug-ins that were edited since their code was hashed."""
        if not any(name.startswith(PROJECT_PACKAGE) for name in code):
            return
        from enerqis.compose.closure import edited_plugins

        for name in edited_plugins(code, self.project.plugins):
            raise StageError(f"{name}: edited since the spec was resolved. Nothing was kept; run again.")

    def _straight(
        self,
        module: Any,
        stage: str,
        stage_id: str,
        components: dict[str, Any],
        document: SliceDocument,
        work: Work,
        *,
        place: bool,
    ) -> Done:
        """Compute a large result straight into its outs; into the store only where nothing under ``data/`` may change."""
        outs = {out.part: self.project.root / out.place.format(name=work.name) for out in module.OUTS}
        if all(_finished(folder, stage_id) for folder in outs.values()):
            return self._done(stage, work.name, outs[module.MAIN_PART], outs, is_new=False)
        if not place:
            entry, is_new = self._stored(module, stage, stage_id, components, document, work)
            parts = {part: entry / part for part in outs}
            return self._done(stage, work.name, parts[module.MAIN_PART], parts, is_new=is_new)
        with scratch_folder(self.project.data) as folder:
            self._compute(module, stage, components, document, work, folder)
            sync_tree(folder)
            for part, out in outs.items():
                out.parent.mkdir(parents=True, exist_ok=True)
                replace(folder / part, out)
        return self._done(stage, work.name, outs[module.MAIN_PART], outs, is_new=True)

    def _place(self, outs: tuple[Out, ...], entry: Path, name: str) -> None:
        """Place copies of a stored result's parts where they belong."""
        receipt = json.loads((entry / receipts.RECEIPT_FILE).read_text(encoding="utf-8"))
        for out in outs:
            source, target = entry / out.part, self.project.root / out.place.format(name=name)
            if out.receipt in ("inside", "whole"):
                keys = IDENTITY_KEYS if out.receipt == "inside" else tuple(receipt)
                carried = {key: receipt[key] for key in keys}
                content = json.loads(source.read_text(encoding="utf-8"))
                write_text(target, receipts.text({**content, "receipt": carried}))
            elif not _finished(target, receipt["stage_id"]):
                place_copy(source, target)

    def _done(self, stage: str, name: str, folder: Path, parts: Mapping[str, Path], *, is_new: bool) -> Done:
        receipt = receipts.read(folder)
        stage_id, result_sha256, facts = (receipt[key] for key in ("stage_id", "result_sha256", "facts"))
        return Done(stage, name, stage_id, result_sha256, folder, parts, is_new, facts)


def _governed(module: Any, work: Work) -> dict[str, str]:
    """Return the hashes of the governed files that a stage reads."""
    found: dict[str, str] = module.governed(work) if hasattr(module, "governed") else {}
    return found


def _run_id(done: Done, inputs: Mapping[str, Path]) -> str:
    """Return the stage id of the backtest that a stage is or reads; empty before there is one."""
    if done.stage == "backtest":
        return done.stage_id
    reads = importlib.import_module(f"enerqis.pipeline.{done.stage}").INPUTS
    return str(receipts.read(inputs["backtest"])["stage_id"]) if "backtest" in reads else ""


def _finished(folder: Path, stage_id: str) -> bool:
    """Return whether `folder` holds the finished result of that identity."""
    try:
        return bool(receipts.read(folder)["stage_id"] == stage_id)
    except (StageError, OSError):
        return False
