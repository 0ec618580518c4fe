"""What reads a file is found in its source, however it does; what looks alike raises no alarm."""

from dataclasses import replace

import pytest

from enerqis.interfaces.strategy import StrategyParams
from enerqis.io.plugins import revive
from enerqis.io.project import Project
from enerqis.leaks.chain import Chain
from enerqis.leaks.outside import Reading, outside, readings
from enerqis.pipeline.leaks import sources_of
from tests.leaks.worlds import market, tossing


@pytest.mark.parametrize(
    ("source", "line", "word"),
    [
        ("import numpy as np\nx = np.load('prices.npz')", 2, "np.load"),
        ("import numpy as np\nx = np.loadtxt('prices.csv')", 2, "np.loadtxt"),
        ("import numpy as np\nread = np.genfromtxt\nx = read('prices.csv')", 2, "np.genfromtxt"),
        ("from numpy import fromfile", 1, "numpy.fromfile"),
        ("def initial_state(p):\n    return open('prices.csv')", 2, "open"),
        ("from pathlib import Path", 1, "pathlib.Path"),
        ("import pandas as pd\nx = pd.read_csv('prices.csv')", 2, "pd.read_csv"),
        ("import pyarrow.parquet as pq", 1, "pyarrow.parquet"),
        ("def late():\n    import sqlite3", 2, "sqlite3"),
        ("from bokeh.sampledata.stocks import GOOG", 1, "bokeh.sampledata.stocks.GOOG"),
        ("from arch.data import sp500", 1, "arch.data.sp500"),
        ("from urllib.request import urlopen", 1, "urllib.request.urlopen"),
        ("from enerqis.io.parquet import read_table", 1, "enerqis.io.parquet.read_table"),
        ("from enerqis.connectors import package_file", 1, "enerqis.connectors.package_file"),
        ("if not TYPE_CHECKING:\n    import os", 2, "os"),
        ("if x or typing.TYPE_CHECKING:\n    import os", 2, "os"),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import os", 4, "os"),
    ],
)
def test_whatever_reads_is_found_at_its_line(source, line, word):
    assert next(readings(source)) == Reading(line, word)


@pytest.mark.parametrize(
    "source",
    [
        "x = bar.open + ind.price.open",  # the price
        "already_read = p.load",
        "import math\nimport numpy as np\nx = np.zeros(3)",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pathlib import Path",
        "from enerqis.interfaces.indicator import IndicatorCall, declare",
        "from enerqis.quant.sums import Array, slide",
        "from scipy.special import ndtr",
        "data = sampledata = datasets = 1.0",
        "def reading(p):\n    return p.opened",
        "'''open('prices.csv') and np.load are not called here'''",
    ],
)
def test_what_only_looks_alike_is_not(source):
    assert list(readings(source)) == []


def test_a_finding_names_the_first_file_that_reads():
    sources = {"plugins/strategies/a.py": "import math", "plugins/strategies/helper.py": "\nopen('prices.csv')"}
    (found,) = outside({"strategy a": sources, "feature b": {"plugins/features/b.py": "import math"}})
    assert (found.test, found.subject) == ("outside", "strategy a")
    assert "'open' at plugins/strategies/helper.py:2. Usual mend: write what it needs as parameters" in found.sentence


PEEKING = '''
"""Reads its targets from a helper."""
from typing import Literal
from enerqis_plugins.strategies.helper import TABLE
from enerqis.interfaces.strategy import StrategyParams, hold


class PeekingParams(StrategyParams):
    kind: Literal["peeking"] = "peeking"


def indicators(params):
    return {}


def on_bar(p, state, bar, ind, acc):
    return hold(TABLE)
'''


def test_what_a_strategy_imports_from_the_project_is_looked_at_too(tmp_path, kernels):
    folder = tmp_path / "plugins" / "strategies"
    folder.mkdir(parents=True)
    (folder / "peeking.py").write_text(PEEKING, encoding="utf-8")
    (folder / "helper.py").write_text(
        "from pathlib import Path\nTABLE = float(Path(__file__).is_file())\n", encoding="utf-8"
    )
    project = Project(tmp_path)
    peeking = revive("strategies", "peeking", {}, StrategyParams, project.plugins)
    held = revive("strategies", "buy_and_hold", {}, StrategyParams, project.plugins)
    honest = replace(tossing(market()), strategy=held)
    assert sources_of(project, Chain(honest, {}, kernels)) == {"strategy buy_and_hold": {}}
    sources = sources_of(project, Chain(replace(honest, strategy=peeking), {}, kernels))
    assert [*sources["strategy peeking"]] == ["plugins/strategies/helper.py", "plugins/strategies/peeking.py"]
    (found,) = outside(sources)
    assert "plugins/strategies/helper.py:1" in found.fact
