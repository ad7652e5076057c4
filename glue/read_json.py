"""JSON lines, split by Spark and parsed in its Python workers: Spark's own parser changes how numbers are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from landed_columns import Column
from landed_files import ReadGroup, new_keys
from landed_records import DECODER, Record, json_record
from pyspark import RDD
from pyspark.sql import DataFrame, Row


def read_json_lines(lines: DataFrame, group: ReadGroup, columns: tuple[Column, ...], names: list[str]) -> RDD[Record]:
    """Takes lines as pairs of their file's index and text. Grain: one tuple per line: the index, its columns and its
    `unknown_fields`.
    """
    new = frozenset(new_keys(group.facts["header"], names))
    files = {file.ordinal: file.name for file in group.files}
    return lines.rdd.mapPartitions(partial(_records, columns=columns, new=new, files=files))


def _records(
    rows: Iterable[Row], columns: tuple[Column, ...], new: frozenset[str], files: dict[int, str]
) -> Iterator[Record]:
    of = json_record(columns, new)
    for ordinal, text in rows:
        try:
            record = of(DECODER.decode(text.removeprefix("\ufeff")))
        except Exception as error:
            raise ValueError(f"cannot read landed/{files[ordinal]}: {type(error).__name__}") from error
        yield (ordinal, *record)
