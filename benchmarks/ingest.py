"""Ingestion of a large CSV beside bare pyarrow reading and writing the same file: MB/s and peak memory of each.

``python -m benchmarks.ingest [MEGABYTES]``. Minute bars of several symbols interleaved by time, then the same rows shuffled.
Each measurement is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BYTES_PER_ROW = 58
SYMBOLS = 8
DEFAULT_MEGABYTES = 1000
SCRATCH = Path(".enerqis")
"""On the disk of the project and out of git's sight."""


def made(folder: Path, megabytes: int, order: str) -> Path:
    """Write the CSV and return it."""
    from enerqis.connectors import synthetic

    bars = megabytes * 1_000_000 // BYTES_PER_ROW // SYMBOLS
    params = synthetic.SyntheticParams.model_validate_json(
        json.dumps(
            {"symbols": [f"SYN_{n}" for n in range(SYMBOLS)], "bars": bars, "first_day": "2016-01-01", "order": order}
        )
    )
    target = folder / order
    target.mkdir()
    synthetic.fetch(params, folder, target)
    return (target / synthetic.FILE).rename(folder / f"{order}.csv")


def bare(path: Path, folder: Path) -> None:
    """Stream the file through pyarrow's own types into one Parquet file: no check, no copy, no hash, no order."""
    import pyarrow.csv
    import pyarrow.parquet as pq

    reader = pyarrow.csv.open_csv(path)
    with pq.ParquetWriter(folder / "bare.parquet", reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def whole(path: Path, folder: Path) -> None:
    """Ingest the file: copy, digest, rules, sort, partitions, content hash, manifest."""
    from enerqis.connectors import csv
    from enerqis.ingestion.ingest import ingest
    from enerqis.spec.dataset import Dataset

    dataset = Dataset[csv.CsvParams].model_validate_json(
        json.dumps(
            {
                "description": "benchmark",
                "connector": {"kind": "csv", "files": [{"file": path.name}]},
                "symbols": [f"SYN_{n}" for n in range(SYMBOLS)],
                "frequency": "1min",
                "calendar": "24/7",
                "tick_size": 0.01,
                "columns": {"symbol": "symbol"},
            }
        )
    )
    folders = {name: folder / name for name in ("raw", "processed", "parquet")}
    for each in folders.values():
        each.mkdir()
    manifest = ingest(dataset, csv, project_root=path.parent, **folders)
    assert manifest.rows.kept == manifest.rows.received


def measured(what: str, path: Path, folder: Path) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.ingest", "--one", what, str(path), scratch],
            check=True,
            capture_output=True,
            text=True,
        )
    return json.loads(done.stdout)


def one(what: str, path: Path, folder: Path) -> None:
    """Measure in this process, imports excepted, and print the figures as JSON."""
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    from enerqis.ingestion import ingest  # noqa: F401

    start, busy = time.perf_counter(), time.process_time()
    {"bare": bare, "ingest": whole}[what](path, folder)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    speed = path.stat().st_size / 1e6 / seconds
    print(json.dumps({"seconds": seconds, "busy": busy, "megabytes_per_second": speed, "peak_mib": peak}))


def main(megabytes: int) -> None:
    """Print a line a measurement."""
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as scratch:
        folder = Path(scratch).resolve()
        files = {order: made(folder, megabytes, order) for order in ("time", "shuffled")}
        print(f"{files['time'].stat().st_size / 1e6:.0f} MB, {SYMBOLS} symbols of minute bars interleaved by time")
        base = measured("bare", files["time"], folder)
        runs = {"bare pyarrow read + write": base}
        runs["ingest, sorted"] = measured("ingest", files["time"], folder)
        runs["ingest, unsorted"] = measured("ingest", files["shuffled"], folder)
        for name, run in runs.items():
            share = run["megabytes_per_second"] / base["megabytes_per_second"]
            print(
                f"{name:26} {run['seconds']:7.1f} s {run['busy']:7.1f} s of CPU {run['megabytes_per_second']:7.1f} MB/s "
                f"{run['peak_mib']:7.0f} MiB peak {share:6.2f} of bare's speed"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_MEGABYTES)
