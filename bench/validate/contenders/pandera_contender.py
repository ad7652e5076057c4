"""Reads a CSV file with pandas and validates it with pandera; prints one JSON object as the other contenders do."""

import json
import re
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

ROWS_AT_ONCE = 250_000

SHAPES = {
    "int": r"-?(0|[1-9][0-9]*)",
    "float": r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?",
    "bool": r"true|false|True|False|TRUE|FALSE",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}",
}
FORMATS = {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%d %H:%M:%S"}


def checks_of(field: dict[str, Any]) -> Iterator[pa.Check]:
    """Checks of one column's texts, by the manifest."""
    kind = field["type"]
    if kind in SHAPES:
        yield pa.Check.str_matches(f"^(?:{SHAPES[kind]})$")
    if kind in FORMATS:
        yield pa.Check(lambda texts: pd.to_datetime(texts, format=FORMATS[kind], errors="coerce").notna())
    if "min" in field:
        yield pa.Check(lambda texts: pd.to_numeric(texts, errors="coerce") >= field["min"])
    if "max" in field:
        yield pa.Check(lambda texts: pd.to_numeric(texts, errors="coerce") <= field["max"])
    if "min_length" in field or "max_length" in field:
        yield pa.Check.str_length(field.get("min_length"), field.get("max_length"))


def schema_of(manifest: dict[str, Any]) -> pa.DataFrameSchema:
    """A schema of texts; an empty text is no value."""
    return pa.DataFrameSchema(
        {
            name: pa.Column(str, list(checks_of(field)), nullable=not field.get("required", False))
            for name, field in manifest["schema"]["fields"].items()
        }
    )


def invalid_rows(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> int:
    """How many rows of a frame fail a check."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return errors.failure_cases["index"].nunique()
    return 0


def validate(path: str, manifest: dict[str, Any]) -> dict[str, int]:
    """Numbers of records and of invalid ones; rows with too many fields cannot be read and are counted separately."""
    schema = schema_of(manifest)
    frames = pd.read_csv(
        path,
        dtype=str,
        keep_default_na=False,
        na_values=[""],
        chunksize=ROWS_AT_ONCE,
        engine="c",
        on_bad_lines="warn",
    )
    records = invalid = 0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for frame in frames:
            records += len(frame)
            invalid += invalid_rows(schema, frame)
    too_long = sum(len(re.findall(r"Skipping line", str(warning.message))) for warning in caught)
    return {"records": records + too_long, "invalid": invalid + too_long}


def peak_mb() -> float:
    """The most memory that this process ever used."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024 / 1e6


def main(task: dict[str, Any]) -> None:
    manifest = json.loads(Path(task["manifest"]).read_text(encoding="utf-8"))
    started, cpu_started = time.perf_counter(), time.process_time()
    counts = validate(task["path"], manifest)
    milliseconds = (time.perf_counter() - started) * 1000
    cpu_milliseconds = (time.process_time() - cpu_started) * 1000
    print(json.dumps({**counts, "ms": milliseconds, "cpu_ms": cpu_milliseconds, "peak_mb": peak_mb()}))


main(json.loads(sys.argv[1]))
