"""Every page is found from the index, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"])
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)#\s]+)(?:#[^)]*)?\)|!\[[^\]]*\]\((?P<image>[^)\s]+)\)")


def _name(path):
    return path.relative_to(ROOT).as_posix()


def _targets(page):
    found = [match["target"] or match["image"] for match in LINK.finditer(page.read_text("utf-8"))]
    return [(page.parent / target).resolve() for target in found if "://" not in target]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_to_a_file(page):
    assert [str(target) for target in _targets(page) if not target.exists()] == []


def test_every_page_can_be_reached_from_the_index():
    reached, ahead = set(), [DOCS / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            ahead += _targets(page)
    assert sorted(_name(page) for page in DOCS.rglob("*.md") if page not in reached) == []
