"""The content-addressed store of finished results: ``.enerqis/store/STAGE/STAGE_ID/``.

An entry appears whole or not at all and is never changed afterwards: whoever wants its files elsewhere copies them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enerqis.io.atomic import new_folder

RECEIPT_FILE = "receipt.json"


class Store:
    """Results by stage and stage id.

    Parameters
    ----------
    root : Path
        Folder of the store; made on first use.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def entry(self, stage: str, stage_id: str) -> Path:
        """Return the folder of an entry, whether it exists or not."""
        return self.root / stage / stage_id

    def has(self, stage: str, stage_id: str) -> bool:
        """Return whether a finished result is there; its receipt is written last."""
        return (self.entry(stage, stage_id) / RECEIPT_FILE).is_file()

    @contextmanager
    def create(self, stage: str, stage_id: str) -> Iterator[Path]:
        """Yield an empty folder that becomes the entry when the block ends without an error; read-only from then on."""
        with new_folder(self.entry(stage, stage_id)) as work:
            yield work
            for path in work.rglob("*"):
                if path.is_file():
                    path.chmod(0o444)

    def entries(self) -> list[tuple[str, str]]:
        """Return (stage, stage id) of every finished entry, sorted."""
        return sorted((path.parent.parent.name, path.parent.name) for path in self.root.glob(f"*/*/{RECEIPT_FILE}"))
