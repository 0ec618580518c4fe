"""Where runs are logged: an address may be plain, its secrets may not."""

import pytest
from pydantic import ValidationError

from enerqis.spec.tracking import Tracking


@pytest.mark.parametrize(
    "address",
    [
        "https://ann:pa55@mlflow.example.org",
        "postgresql+psycopg://ann@db/mlflow",
        "https://token@host:5000/x",
        "postgresql://db/mlflow?user=ann&password=pa55",
        "https://host/x?access_token=abc",
    ],
)
def test_user_and_password_in_an_address_are_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="Write the whole address as secret://NAME/NAME"):
        Tracking(tracking_uri=address)
    with pytest.raises(ValidationError, match="Write the whole address as secret://NAME/NAME"):
        Tracking(ledger_uri=address)


@pytest.mark.parametrize(
    "address", ["sqlite:///.enerqis/mlflow.db", "https://mlflow.example.org/a@b", "secret://tracking/server"]
)
def test_an_address_without_them_stands(address: str) -> None:
    assert Tracking(tracking_uri=address).tracking_uri == address


@pytest.mark.parametrize("address", ["secret://Tracking/URI", "secret://uri", "secret://a/b:5000", "secret://"])
def test_a_malformed_reference_is_refused_before_anything_runs(address: str) -> None:
    with pytest.raises(ValidationError, match=r"not a reference\. Write secret://NAME/NAME"):
        Tracking(ledger_uri=address)
