"""What a stage is to the runner: what it reads, what it writes, and one function from inputs to a folder.

A stage's file holds ``INPUTS`` (names of the inputs it reads; those in ``OPTIONAL`` may be absent), ``OUTS`` (where the parts
of its result are placed), ``compute(work, folder) -> Outcome``, which writes the result into an empty folder,
``result_digest(outputs)``, the hash of the result from those of its files, and ``content_digest(result, file)``, the hash of
one file of a finished result as it lies there now. A stage that reads governed files, which have no receipt, says in
``governed(work)`` the hash of what it reads of them, by name. ``compute`` never asks for the time, never writes elsewhere and
knows nothing of stores, locks and receipts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from enerqis.io.project import Project
from enerqis.spec.base import Spec

SliceT = TypeVar("SliceT", bound=Spec)


class Out(NamedTuple):
    """One output of a stage.

    Parameters
    ----------
    part : str
        File or folder inside the result; empty = all of it.
    place : str
        Path in the project, ``{name}`` standing for the dataset or experiment.
    receipt : {"file", "inside", "whole", "beside"}
        The receipt is a file in the folder; its identity, or all of it, is a key of the JSON file; it is with another part.
    """

    part: str
    place: str
    receipt: Literal["file", "inside", "whole", "beside"]


@dataclass(frozen=True)
class Work:
    """What a stage is given.

    Parameters
    ----------
    project : Project
    spec : dict
        The slice, plain JSON; the stage's own model parses it.
    inputs : dict of str to Path
        Folder of every input that the stage names.
    name : str
        Dataset or experiment, for messages only.
    is_placed : bool
        Whether the result goes under ``data/``, where DVC keeps it, or only into the store.
    on_progress : callable
        Takes what a long stage says of itself while it runs; nothing that is written depends on it.
    launch : callable, optional
        Runs parts of a sweep elsewhere, `enerqis.pipeline.parts.Launch`; nothing that is written depends on it.
    """

    project: Project
    spec: dict[str, Any]
    inputs: dict[str, Path]
    name: str
    is_placed: bool = False
    on_progress: Callable[[Any], object] = lambda _: None
    launch: Callable[..., Any] | None = None

    def read(self, model: type[SliceT]) -> SliceT:
        """Return the slice as the stage's own model."""
        return model.model_validate_json(json.dumps(self.spec))


@dataclass(frozen=True)
class Outcome:
    """What a stage says of its result.

    Parameters
    ----------
    result_sha256 : str
        Hash of the result's logical content.
    outputs : dict of str to str
        Hash of each file, by its name inside the result.
    facts : dict
        Counts for people: rows, fills, ...; deterministic.
    received : dict of str to str, optional
        Checksums of the raw bytes that were read from outside; they must be those of the identity.
    audit : dict, optional
        Head of the audit trail that the stage wrote: how many lines, and the hash of the last.
    """

    result_sha256: str
    outputs: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)
    received: dict[str, str] | None = None
    audit: dict[str, Any] | None = None
