import pytest
from pydantic import ValidationError

from enerqis.reports.page import PageParams


def test_a_page_carries_enough_points_for_a_screen_and_not_more_than_a_browser_likes():
    assert PageParams().account_points == 2400
    with pytest.raises(ValidationError, match="greater than or equal to 200"):
        PageParams(account_points=10)
    with pytest.raises(ValidationError, match="less than or equal to 10000"):
        PageParams(account_points=100_000)
