"""The documents that `resolve` writes: the part of an experiment that one stage reads, with the hashes that pin it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from enerqis.core.units import Sha256


class SliceDocument(BaseModel):
    """``data/spec/EXPERIMENT/STAGE.json``.

    Parameters
    ----------
    spec : dict
        The slice as plain JSON, defaults filled in; the stage's own model parses it.
    spec_sha256 : str
        Hash of the canonical form of `spec`, without seed and execution and what stands outside the identity.
    code_sha256 : str
        Hash of the code closure of the stage and of every plug-in file the slice names.
    engine_sha256 : str or None
        Hash of the execution slice and the engine's version; None for a stage without engine.
    env_sha256 : str
        Hash of the environment the stage depends on.
    trial_sha256 : str or None
        Of `backtest`: hash of the config by which the trial ledger counts it; it is no part of the stage's identity.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spec: dict[str, Any]
    spec_sha256: Sha256
    code_sha256: Sha256
    engine_sha256: Sha256 | None
    env_sha256: Sha256
    trial_sha256: Sha256 | None = None
