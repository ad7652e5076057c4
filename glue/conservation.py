"""Checks that no row of a file is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from errors import RowsNotConserved, SpecMismatch
from pyspark.sql import DataFrame


def rows_per_file(frame: DataFrame) -> dict[str, int]:
    """Rows per file in a frame with `landed_file`; a file without rows is absent."""
    return {row["landed_file"]: row["count"] for row in frame.groupBy("landed_file").count().collect()}


def expect_rows(found: Mapping[str, int], expected: Mapping[str, int], where: str) -> None:
    """Raises `RowsNotConserved` unless every file has as many rows as expected, and no other file has rows."""
    for file in {**expected, **found}:
        due, have = expected.get(file, 0), found.get(file, 0)
        if due != have:
            raise RowsNotConserved(file, due, have, where)


def expect_distinct_keys(files: Iterable[Mapping[str, Any]]) -> None:
    """Raises `SpecMismatch` if two versions of one key are in one batch: their rows could not be told apart."""
    seen: set[str] = set()
    for file in files:
        if file["key"] in seen:
            raise SpecMismatch(f"{file['key']} is in the batch twice; a batch claims one version of a key")
        seen.add(file["key"])
