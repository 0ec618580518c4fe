import json

import pytest
from pydantic import ValidationError

from enerqis.connectors.csv import CsvParams
from enerqis.spec.dataset import Dataset, Numbers, Stamp, frequency_minutes


def dataset(**changes):
    spec = {
        "description": "made in a test",
        "connector": {"kind": "csv", "files": [{"file": "prices.csv"}]},
        "symbols": ["X"],
        "frequency": "1h",
        "calendar": "24/7",
    }
    return Dataset[CsvParams].model_validate_json(json.dumps({**spec, **changes}))


@pytest.mark.parametrize(("text", "minutes"), [("1min", 1), ("15min", 15), ("1h", 60), ("4h", 240), ("1d", 1440)])
def test_a_frequency_in_minutes(text, minutes):
    assert frequency_minutes(text) == minutes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frequency": "7min"}, "does not divide a day"),
        ({"frequency": "0min"}, "frequency"),
        ({"frequency": "1h", "resample": "30min"}, "must be a multiple of 1h that divides a day"),
        ({"frequency": "1h", "resample": "1h"}, "must be a multiple of 1h"),
        ({"frequency": "4h", "resample": "6h"}, "must be a multiple of 4h"),
        ({"symbols": ["X", "X"]}, "symbols must not repeat"),
        ({"symbols": []}, "at least 1 item"),
        ({"rules": {"off_tick": "fix"}}, "needs a tick_size above 0"),
        ({"adjustments": {"splits": [{"symbol": "Z", "session": "2021-01-04", "factor": 2}]}}, "not among the symbols"),
        ({"connector": {"kind": "csv", "files": [{"file": "../prices.csv"}]}}, "stays inside"),
        ({"connector": {"kind": "csv", "files": [{"file": "/prices.csv"}]}}, "stays inside"),
        ({"connector": {"kind": "csv", "files": [{"file": "c:/prices.csv"}]}}, "stays inside"),
        ({"connector": {"kind": "csv", "files": [{"file": "p.csv", "sha256": "ABC"}]}}, "pattern"),
    ],
)
def test_a_dataset_that_contradicts_itself_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        dataset(**changes)


@pytest.mark.parametrize(
    ("stamp", "message"),
    [
        ({"format": "%d.%m.%Y %Q"}, "%Q is not known"),
        ({"format": "%d.%m"}, "needs %Y, %m and %d"),
        ({"format": "%Y-%m-%d %d"}, "each field once"),
        ({"time_zone": "Mars/Olympus"}, "no IANA time zone"),
        ({"time_zone": "../../etc/passwd"}, "no IANA time zone"),
    ],
)
def test_a_stamp_that_could_not_be_read_is_refused(stamp, message):
    with pytest.raises(ValidationError, match=message):
        Stamp.model_validate_json(json.dumps(stamp))


def test_one_mark_cannot_mean_two_things():
    with pytest.raises(ValidationError, match="decimal_mark and thousands_mark are both ','"):
        Numbers(decimal_mark=",", thousands_mark=",")
