"""Blocks of a page that are drawn from data, between ``<!-- drawn: NAME -->`` and ``<!-- end -->``; the rest is a writer's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from enerqis.core.errors import DataError

BLOCK = re.compile(r"(<!-- drawn: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_blocks(page: str, blocks: Mapping[str, str], *, shown: str) -> str:
    """Return a page with its blocks drawn anew; the same for the same page and blocks.

    Parameters
    ----------
    page : str
    blocks : mapping of str to str
        Lines of each block by its name, a newline at the end.
    shown : str
        What messages call the page.

    Raises
    ------
    DataError
        If the page lacks a block, or has one that nobody draws.
    """
    there = {match["name"] for match in BLOCK.finditer(page)}
    if there != blocks.keys():
        raise DataError(
            f"{shown}: the blocks '<!-- drawn: NAME -->' are {', '.join(sorted(there)) or 'none'}; there have to be "
            f"{', '.join(sorted(blocks))}. Take the page from git."
        )
    return BLOCK.sub(lambda match: f"{match[1]}{blocks[match['name']]}{match[3]}", page)
