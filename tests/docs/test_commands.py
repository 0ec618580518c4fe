"""Every command that README and docs tell a reader to type is run, in order, in a copy of this project.

A fenced ``bash`` block is run line by line with ``set -e``; one that follows ``<!-- refused -->`` has to fail, and the ``text``
block after it is part of what it says. Inline commands are held against the parser's list. ``sh`` blocks set a machine up
(clone, make): CI runs those.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from enerqis.cli.main import commands
from tests.pipeline.project_copy import make_copy

ROOT = Path(__file__).parents[2]
PARAMS = """# yaml-language-server: $schema=schemas/params.schema.json
datasets:
  - us_equities_daily
experiments:
  goog_sma_cross: {dataset: us_equities_daily, set: {}}
  msft_buy_and_hold: {dataset: us_equities_daily, set: {universe: {start: "2012-01-01"}}}
"""
"""The graph that the pages' commands run in: one experiment that they edit, one that must stay."""
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(
    r"(?P<refused><!-- refused -->\n)?^```bash\n(?P<script>.*?)^```\n(?:\n```text\n(?P<said>.*?)^```)?",
    re.DOTALL | re.MULTILINE,
)
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`enerqis (?P<command>[a-z]+)[ `]")


class Block(NamedTuple):
    """One block of commands of a page."""

    script: str
    is_refused: bool
    said: str


def _blocks(page):
    matches = BLOCK.finditer(page.read_text("utf-8"))
    return [Block(match["script"], bool(match["refused"]), match["said"] or "") for match in matches]


def _name(page):
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The project after the first `dvc repro`, which every page may take as done."""
    copy = make_copy(tmp_path_factory.mktemp("pages") / "project", PARAMS)
    assert "track" in copy.repro()
    return copy


@pytest.mark.slow
@pytest.mark.timeout(2400)  # a tour is a dozen runs, one after another
@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page)], ids=_name)
def test_the_commands_of_a_page_do_what_it_says(page, finished, tmp_path):
    copy = finished.copied(tmp_path / "project")
    for block in _blocks(page):
        done = copy.call(
            "bash", "-euo", "pipefail", "-c", block.script, check=not block.is_refused, PYTHONDONTWRITEBYTECODE=""
        )
        assert (done.returncode != 0) == block.is_refused, block.script
        for line in block.said.splitlines():
            assert line in done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_command_that_is_named_exists(page):
    named = {match["command"] for match in INLINE.finditer(page.read_text("utf-8"))}
    assert named - set(commands()) == set()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_no_enerqis_or_dvc_command_hides_in_a_block_that_is_not_run(page):
    others = [
        match["text"] for match in FENCE.finditer(page.read_text("utf-8")) if match["language"] not in ("bash", "text")
    ]
    assert [line for text in others for line in text.splitlines() if re.match(r"(enerqis|dvc) ", line.strip())] == []
    outside = FENCE.sub("", page.read_text("utf-8"))
    assert re.findall(r"^(?: {4}|\t)\s*(?:enerqis|dvc) .*$", outside, re.MULTILINE) == []
