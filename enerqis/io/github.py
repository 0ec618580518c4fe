"""Reading from GitHub's REST API, one host, no redirects: the token goes nowhere else and into no message."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from enerqis.core.errors import SetupError

VERSION = "2022-11-28"
TIMEOUT_SECONDS = 20
PAGE_SIZE = 100
MOST_PAGES = 50
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class GitHub:
    """One repository on a GitHub server.

    Parameters
    ----------
    api : str
        Address of the API; ``https``, or ``http`` on this machine.
    token : str
        Sent as a bearer token to that host only.
    repository : str
        ``organisation/name``.

    Raises
    ------
    SetupError
        If the address is not one to which a token may be sent.
    """

    def __init__(self, api: str, token: str, repository: str) -> None:
        address = urlsplit(api)
        host = address.hostname or ""
        if (
            not host
            or address.username
            or not (address.scheme == "https" or (address.scheme, host in LOOPBACK) == ("http", True))
        ):
            raise SetupError(
                f"--api {api}: not an address for a token. Allowed: https://HOST, or http:// on this machine."
            )
        self.repository = repository
        self._token = token
        self._host, self._port, self._is_plain = host, address.port, address.scheme == "http"
        self._base = f"{address.path.rstrip('/')}/repos/{repository}"

    def get(self, path: str = "", **query: str) -> Any:
        """Return what stands at a path below the repository.

        Raises
        ------
        SetupError
            If the server cannot be reached, refuses, or answers what is no JSON; the message says what the token lacks.
        """
        return self._get(path, query)[0]

    def every(self, path: str, **query: str) -> Iterator[Any]:
        """Yield every element of a list that comes in pages, as far as the server says that there is a next one.

        Raises
        ------
        SetupError
            As `get`, or if the pages have no end.
        """
        for page in range(1, MOST_PAGES + 1):
            found, headers = self._get(path, {**query, "per_page": str(PAGE_SIZE), "page": str(page)})
            if not isinstance(found, list):
                raise SetupError(f"GitHub: {self.repository}{path}: no list. Is --api the address of GitHub's API?")
            yield from found
            if not re.search(r'rel="next"', headers.get("link", "")):
                return
        raise SetupError(f"GitHub: {self.repository}{path}: more than {MOST_PAGES} pages. Is --api GitHub's API?")

    def _get(self, path: str, query: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
        address = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        status, headers, body = self._answer(address)
        if status != http.client.OK:
            raise SetupError(f"GitHub: {self.repository}{path}: {refusal(status, headers)}")
        try:
            return json.loads(body), headers
        except ValueError as exc:
            raise SetupError(
                f"GitHub: {self.repository}{path}: no JSON. Is --api the address of GitHub's API?"
            ) from exc

    def _answer(self, address: str) -> tuple[int, dict[str, str], bytes]:
        connection = (
            http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
            if self._is_plain
            else http.client.HTTPSConnection(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        )
        sent = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "User-Agent": "enerqis",
            "X-GitHub-Api-Version": VERSION,
        }
        try:
            connection.request("GET", address, headers=sent)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()
        except (OSError, http.client.HTTPException) as exc:
            raise SetupError(
                f"GitHub: {self._host} cannot be reached ({type(exc).__name__}). Look at your network and at --api."
            ) from None
        except ValueError:
            raise SetupError("GitHub: the token holds signs that no token has. Store it again.") from None
        finally:
            connection.close()


def refusal(status: int, headers: Mapping[str, str]) -> str:
    """Return what an answer other than 200 means and what to do.

    Parameters
    ----------
    status : int
    headers : mapping of str to str
        Names in lower case.
    """
    if status in (403, 429) and (
        headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers or status == 429
    ):
        return f"too many requests. {_when(headers)}"
    accepted = headers.get("x-accepted-github-permissions")
    needed = (
        f" It needs {accepted}."
        if accepted
        else " It needs the repository permissions 'Metadata: read' and 'Contents: read'."
    )
    texts = {
        401: "the token is not accepted: wrong, expired or revoked. Make a new one and store it.",
        403: f"the token may not read this.{needed}",
        404: "not there, or the token may not see it. Look at organisation and name in .cbr/repository.yaml, and give the "
        "token access to this repository ('Metadata: read').",
    }
    if status in (301, 302, 307, 308):
        return "moved elsewhere; a token is not sent on. Write the new organisation and name into .cbr/repository.yaml."
    return texts.get(status, f"answered {status}. Try again later.")


def _when(headers: Mapping[str, str]) -> str:
    if headers.get("retry-after", "").isdecimal():
        return f"Try again in {headers['retry-after']} s."
    reset = headers.get("x-ratelimit-reset", "")
    if reset.isdecimal():
        return f"Try again after {datetime.fromtimestamp(int(reset), UTC):%Y-%m-%dT%H:%M:%SZ}."
    return "Try again later."
