"""``params.yaml``: what is in the DVC graph."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from enerqis.spec.base import Spec

Stem = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""The stem of a file under ``conf/``."""


class ExperimentEntry(Spec):
    """One experiment of the graph."""

    dataset: Stem = Field(description="the dataset the experiment composes, repeated for DVC's paths")
    set: dict[str, Any] = Field(
        default_factory=dict, description="overrides for `dvc exp run -S`; stays {} on the main branch"
    )


class SweepEntry(Spec):
    """One sweep of the graph."""

    experiment: Stem = Field(description="the experiment whose `search` says what is tried; it stands in `experiments`")


class ProjectParams(Spec):
    """The whole of ``params.yaml``."""

    datasets: tuple[Stem, ...] = Field(min_length=1, description="stems of conf/dataset/*.yaml to ingest")
    experiments: dict[Stem, ExperimentEntry] = Field(min_length=1, description="stems of conf/experiment/*.yaml to run")
    sweeps: dict[Stem, SweepEntry] = Field(default_factory=dict, description="sweeps by name, each of one experiment")
