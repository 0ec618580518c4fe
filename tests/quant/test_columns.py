from datetime import UTC, date, datetime

import pyarrow as pa

from enerqis.core.tables import INSTANT
from enerqis.quant.columns import integers


def test_instants_are_nanoseconds_and_dates_days_since_1970():
    instant = pa.array([datetime(1970, 1, 2, tzinfo=UTC)], INSTANT)
    table = pa.table({"ts": instant, "session": pa.array([date(1970, 2, 1)]), "order_id": [7]})
    assert integers(table, "ts").tolist() == [86_400_000_000_000]
    assert integers(table, "session").tolist() == [31]
    assert integers(table, "order_id").tolist() == [7]
