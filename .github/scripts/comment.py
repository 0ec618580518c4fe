"""Write a file as the one review comment of a pull request: a new comment the first time, the same comment anew after that.

It uses nothing but Python's own library, reads the file as text and asks GitHub which pull request a commit belongs to.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARKER = "<!-- enerqis config review -->"
"""What a comment of ours begins with; a page brings no marker of its own and hides nothing, for its marks are shown as text."""
BOT = "github-actions[bot]"
LONGEST = 65_000
"""Characters; GitHub takes 65,536."""
PAGE = 100
RUN = ("enerqis/", "plugins/")
"""Folders whose Python runs while a change is judged, and so could write the verdict itself."""
MOST_FILES = 3000
"""GitHub lists no more of a pull request."""
NAME = re.compile(r"[A-Za-z0-9_./-]+")
"""A name of a file that says nothing but that in Markdown."""


class GitHub:
    """The part of GitHub's REST interface that is needed, of one repository."""

    def __init__(self, address: str, repository: str, token: str) -> None:
        self._address = f"{address.rstrip('/')}/repos/{repository}"
        self._token = token

    def ask(self, method: str, path: str, content: dict[str, str] | None = None) -> Any:
        """Return the answer to one request."""
        request = urllib.request.Request(
            self._address + path,
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield the items of all pages of a list."""
        sign, number = "&" if "?" in path else "?", 1
        while True:
            items = self.ask("GET", f"{path}{sign}per_page={PAGE}&page={number}")
            yield from items
            if len(items) < PAGE:
                return
            number += 1


def pull_request(github: GitHub, *, owner: str, branch: str, commit: str) -> int | None:
    """Return the number of the open pull request whose head is that commit, or None where it has moved on."""
    head = urllib.parse.quote(f"{owner}:{branch}", safe="")
    found = github.every(f"/pulls?state=open&head={head}")
    return next((int(each["number"]) for each in found if each["head"]["sha"] == commit), None)


def warning(github: GitHub, number: int) -> str:
    """Return what a reader is told before the page where the change ran code of its own while it was judged, else nothing.

    Which files it edits is what GitHub says, not what the page says.
    """
    files = list(github.every(f"/pulls/{number}/files"))
    names = sorted({each.get(key) or "" for each in files for key in ("filename", "previous_filename")})
    code = [name for name in names if name.startswith(RUN) and name.endswith(".py")]
    if not code and len(files) < MOST_FILES:
        return ""
    first = next((f", such as `{name}`," for name in code if NAME.fullmatch(name)), "")
    return (
        f"> **This change edits Python that ran while it was judged.** {len(code)} of the files that GitHub lists{first} "
        "may have written the page below as they like: read them first.\n\n"
    )


def body_of(text: str, *, above: str = "") -> str:
    """Return a page as the body of a comment: marked, below what we say ourselves, and no longer than GitHub takes."""
    plain = above + text.replace("<!--", "&lt;!--").strip()
    if len(plain) > LONGEST:
        plain = plain[:LONGEST].rpartition("\n")[0] + "\n\nCut here: the whole page is the artifact of the run."
    return f"{MARKER}\n{plain}\n"


def write(github: GitHub, number: int, body: str, *, author: str) -> str:
    """Write the comment and return what was done: made, updated or left, where it says the same already."""
    for comment in github.every(f"/issues/{number}/comments"):
        if comment["user"]["login"] == author and comment["body"].startswith(MARKER):
            if comment["body"].replace("\r\n", "\n").strip() == body.strip():
                return "left"
            github.ask("PATCH", f"/issues/comments/{comment['id']}", {"body": body})
            return "updated"
    github.ask("POST", f"/issues/{number}/comments", {"body": body})
    return "made"


def main() -> int:
    """Read the words, write the comment, return 0 where it stands as the file says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, required=True, help="the page")
    parser.add_argument("--owner", required=True, help="owner of the repository that holds the branch; a fork's own")
    parser.add_argument("--branch", required=True)
    parser.add_argument("--commit", required=True, help="the commit that was judged")
    parser.add_argument("--author", default=BOT, help="whose comments are ours")
    args = parser.parse_args()
    github = GitHub(
        os.environ.get("GITHUB_API_URL", "https://api.github.com"),
        os.environ["GITHUB_REPOSITORY"],
        os.environ["GITHUB_TOKEN"],
    )
    try:
        number = pull_request(github, owner=args.owner, branch=args.branch, commit=args.commit)
        if number is None:
            sys.stdout.write("no open pull request has this commit as its head: nothing to write\n")
            return 0
        text = args.file.read_text(encoding="utf-8", errors="replace")
        body = body_of(text, above=warning(github, number))
        done = write(github, number, body, author=args.author)
        sys.stdout.write(f"comment of #{number}: {done}\n")
    except (OSError, urllib.error.URLError) as exc:
        sys.stderr.write(f"comment.py: {exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
