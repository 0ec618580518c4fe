"""A small project with a plug-in of its own for each sort, so that tests of composing need no shipped kind."""

from pathlib import Path
from textwrap import dedent

from enerqis.io.project import Project

FILES = {
    "params.yaml": """
        datasets: [metals]
        experiments:
          gold_drift:
            dataset: metals
            set: {}
    """,
    "conf/config.yaml": """
        defaults:
          - dataset: ???
          - universe: null
          - strategy: ???
          - cost: cheap
          - risk: none
          - execution: plain
          - search: none
          - metric@metric.growth: growth
          - report: bare
          - tracking: local
          - _self_
          - experiment: null
        seed: 7
    """,
    "conf/dataset/metals.yaml": """
        description: two metals, made up
        connector:
          kind: mine
          depth_metres: 3
        symbols: [GOLD, TIN]
        frequency: 1d
        calendar: 24/7
    """,
    "conf/universe/tin.yaml": """
        symbols: [TIN]
    """,
    "conf/strategy/drift.yaml": """
        kind: drift
        fast_bars: 5
        slow_bars: 20
    """,
    "conf/strategy/drift__slow.yaml": """
        # slower
        kind: drift
        fast_bars: 50
        slow_bars: 200
    """,
    "conf/feature/ore.yaml": """
        kind: ore
        lookback_bars: 4
    """,
    "conf/cost/cheap.yaml": """
        commission:
          kind: per_ounce
        slippage:
          kind: slide
    """,
    "conf/risk/none.yaml": "{}\n",
    "conf/risk/capped.yaml": """
        cap:
          max_exposure: 0.5
    """,
    "conf/execution/plain.yaml": """
        engine: kernel
    """,
    "conf/search/none.yaml": "kind: none\n",
    "conf/metric/growth.yaml": """
        kind: growth
    """,
    "conf/report/bare.yaml": """
        kind: bare
    """,
    "conf/tracking/local.yaml": """
        kind: mlflow
    """,
    "conf/experiment/gold_drift.yaml": """
        # @package _global_
        # Does gold drift?
        defaults:
          - override /dataset: metals
          - override /strategy: drift
        universe:
          symbols: [GOLD]
    """,
    "plugins/connectors/mine.py": '''
        """Digs bars out of the ground."""

        from typing import Literal

        from enerqis.interfaces.connector import ConnectorParams


        class MineParams(ConnectorParams):
            """A mine."""

            kind: Literal["mine"] = "mine"
            depth_metres: float = 1.0
    ''',
    "plugins/strategies/drift.py": '''
        """Follows two averages."""

        from typing import Literal

        from enerqis.core.units import Bars
        from enerqis.interfaces.indicator import IndicatorCall
        from enerqis.interfaces.strategy import StrategyParams, hold


        class DriftParams(StrategyParams):
            """Two averages."""

            kind: Literal["drift"] = "drift"
            fast_bars: Bars = 10
            slow_bars: Bars = 30
            source: str = "close"


        def indicators(params):
            return {"fast": IndicatorCall("pulse", (params.source,), (("lookback_bars", params.fast_bars),))}


        def on_bar(p, state, bar, ind, acc):
            return hold(1.0)
    ''',
    "plugins/indicators/pulse.py": '''
        """Beats."""

        from typing import NamedTuple

        from enerqis.interfaces.indicator import declare


        class PulseOutput(NamedTuple):
            low: float
            high: float


        class PulseParams(NamedTuple):
            lookback_bars: float
            tick_size: float


        class PulseState(NamedTuple):
            pass


        def pulse(source, lookback_bars):
            return declare("pulse", (source,), lookback_bars=lookback_bars)


        def step(p: PulseParams, state: PulseState, value: float) -> PulseOutput:
            return PulseOutput(value, value)
    ''',
    "plugins/features/ore.py": '''
        """Counts ore."""

        from typing import Literal

        from enerqis.core.units import Bars
        from enerqis.interfaces.feature import FeatureParams
        from enerqis.interfaces.indicator import IndicatorCall


        class OreParams(FeatureParams):
            """Ore."""

            kind: Literal["ore"] = "ore"
            lookback_bars: Bars = 3


        def columns(params):
            return {"grade": IndicatorCall("pulse", ("close",), (("lookback_bars", params.lookback_bars),))}
    ''',
    "plugins/costs/per_ounce.py": '''
        """So much an ounce."""

        from typing import Literal

        from enerqis.core.units import Amount
        from enerqis.interfaces.cost import CommissionParams


        class PerOunceParams(CommissionParams):
            """An amount an ounce."""

            kind: Literal["per_ounce"] = "per_ounce"
            amount: Amount = 0.0


        def commission(p, units, price, multiplier):
            return units * p.amount


        def commission_rate(p, price, multiplier):
            return p.amount / (price * multiplier)


        def minimum(p):
            return 0.0
    ''',
    "plugins/costs/slide.py": '''
        """Slides."""

        from typing import Literal

        from enerqis.core.units import Bps
        from enerqis.interfaces.cost import SlippageParams


        class SlideParams(SlippageParams):
            """Basis points."""

            kind: Literal["slide"] = "slide"
            slide_bps: Bps = 0.0


        def fill_price(p, price, side, units, market):
            return price * (1.0 + side * p.slide_bps / 10_000.0)
    ''',
    "plugins/risk/cap.py": '''
        """Caps exposure."""

        from enerqis.core.units import Exposure
        from enerqis.interfaces.risk import LimitParams


        class CapParams(LimitParams):
            """A cap."""

            max_exposure: Exposure = 1.0
    ''',
    "plugins/metrics/growth.py": '''
        """Grows."""

        from typing import Literal

        from enerqis.interfaces.metric import MetricParams


        class GrowthParams(MetricParams):
            """Growth."""

            kind: Literal["growth"] = "growth"
    ''',
    "plugins/reports/bare.py": '''
        """One line."""

        from typing import Literal

        from enerqis.interfaces.report import ReportParams


        class BareParams(ReportParams):
            """Bare."""

            kind: Literal["bare"] = "bare"
    ''',
}


def write_project(root: Path) -> Project:
    """Write the project under `root` and return it."""
    for name, text in FILES.items():
        write(root, name, text)
    return Project(root)


def write(root: Path, name: str, text: str) -> None:
    """Write one file of the project, dedented, without an empty first line."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text.lstrip("\n") if text.startswith("\n") else text), encoding="utf-8", newline="\n")
