"""Stage track: finished experiments logged to MLflow, and the page that links them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from enerqis.io.atomic import write_text
from enerqis.io.project import Project
from enerqis.pages.index import IndexRow, render_index
from enerqis.pipeline import receipts
from enerqis.pipeline.records import Outputs, record_of
from enerqis.pipeline.receipts import input_hashes
from enerqis.pipeline.stage import Outcome
from enerqis.io.hashing import digest
from enerqis.spec.base import Spec
from enerqis.spec.slices import SliceDocument
from enerqis.spec.tracking import Tracking
from enerqis.tracking.mlflow import log_runs

INDEX_PAGE = "report/index.html"
