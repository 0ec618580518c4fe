"""Lines that name the lines before them by their hashes: a chain that may fork where branches part, and join again.

`links` maps the hash of each line to the hashes of the lines that were the last ones when it was written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

Links = Mapping[str, Collection[str]]


def heads(links: Links) -> tuple[str, ...]:
    """Return the lines that no line comes after, sorted."""
    followed = {link for after in links.values() for link in after}
    return tuple(sorted(links.keys() - followed))


def depths(links: Links) -> dict[str, int]:
    """Return how many lines lead to each, over the longest way; those whose start is missing count from there."""
    depth: dict[str, int] = {}
    waiting = sorted(links)
    while waiting:
        link = waiting[-1]
        open_links = [each for each in links[link] if each in links and each not in depth]
        if open_links:
            waiting += open_links
            continue
        depth[link] = 1 + max((depth[each] for each in links[link] if each in depth), default=0)
        waiting.pop()
    return depth


def leading_to(links: Links, line: str) -> set[str]:
    """Return the lines that lead to one, by any way, itself included."""
    found: set[str] = set()
    waiting = [line]
    while waiting:
        link = waiting.pop()
        if link in links and link not in found:
            found.add(link)
            waiting += links[link]
    return found
