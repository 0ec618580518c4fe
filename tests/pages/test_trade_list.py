from enerqis.pages.timeline import Timeline
from enerqis.pages.trade_list import trade_rows


def test_all_trades_are_carried_in_columns_of_one_length(content):
    rows = trade_rows(content.evidence.trades, Timeline(content.bars))
    assert rows.pop("total") == content.evidence.trades.num_rows
    assert {len(column) for column in rows.values()} == {content.evidence.trades.num_rows}
    assert sum(rows["open"]) == 1


def test_of_too_many_the_largest_stay_in_their_order_under_their_own_numbers(content):
    profits = content.evidence.trades.column("profit").to_pylist()
    rows = trade_rows(content.evidence.trades, Timeline(content.bars), most=5)
    largest = sorted(range(len(profits)), key=lambda i: -abs(profits[i]))[:5]
    assert rows["number"] == sorted(i + 1 for i in largest)
    assert rows["total"] == len(profits)
