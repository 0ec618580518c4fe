import base64
import hashlib
import json
import re

import pytest
from jinja2 import UndefinedError

from enerqis.pages.templating import breakable, fill, script_data


def test_data_cannot_leave_its_script_element():
    tree = {"a": "</script><!--", "b": "\u2028&"}
    text = str(script_data(tree))
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == tree


def test_a_number_that_json_does_not_know_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_data([float("nan")])


def test_the_policy_names_the_digest_of_the_only_script():
    empty = {"rows": [], "headings": [], "sweeps": [], "width": 1, "height": 1}
    html = fill("index.html.j2", styles=["base.css"], scripts=["theme.js"], **empty)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}&#39;" in html


def test_a_value_that_the_template_lacks_is_an_error():
    with pytest.raises(UndefinedError, match="rows"):
        fill("index.html.j2", styles=[], scripts=[])


def test_a_name_may_be_broken_after_its_underscores_and_stays_text():
    assert str(breakable("slow_<b>_cross")) == "slow_<wbr>&lt;b&gt;_<wbr>cross"
