"""The one door to jinja2: a template, its styles and scripts become one page that asks the network for nothing.

Everything is escaped unless it is a file of ours. The page's content security policy allows no address at all and no script but
those whose digest it names, so that a symbol or a comment that looks like HTML stays text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from enerqis.pages import formatting

TEMPLATES = Path(__file__).parent / "templates"
NOT_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def fill(template: str, *, styles: Iterable[str], scripts: Iterable[str], **values: Any) -> str:
    """Return the page made of `template`, with its style and script files inside.

    Parameters
    ----------
    template : str
        Name of a file in ``templates``.
    styles, scripts : iterable of str
        Names of files in ``templates``, joined in order.
    **values
        What the template shows.

    Raises
    ------
    jinja2.UndefinedError
        If the template asks for a value that is not given.
    """
    script = _joined(scripts)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {**formatting.FILTERS, "breakable": breakable}
    return environment.get_template(template).render(
        policy=policy,
        style=Markup(_joined(styles)),
        script=Markup(script),
        **values,
    )


def script_data(value: Any) -> Markup:
    """Return a JSON tree as text that can stand inside a script element.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(NOT_IN_SCRIPT))


def breakable(name: str) -> Markup:
    """Return a name that a narrow screen may break after its underscores."""
    return Markup(str(escape(name)).replace("_", "_<wbr>"))


def _joined(names: Iterable[str]) -> str:
    return "\n" + "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
