"""The relation that a silver model reads: the records of a batch's files, as texts, with their lineage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from functools import partial, reduce
from typing import Any

from field_columns import as_fields, source_names
from landed_columns import Column, landed_type, nested_columns, plain_columns
from landed_files import ReadGroup, new_keys
from landed_records import RecordFile, read_files
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql.types import IntegerType, StringType, StructField, StructType, TimestampNTZType
from read_csv import csv_columns, read_csv
from read_files import text_lines
from read_json import read_json_lines
from spec import TransformSpec

ORDINAL = "\u0001file"
"""A name that no manifest can use for a column."""

BYTES_PER_TASK = 32 * 2**20


def read_landed(spark: SparkSession, spec: TransformSpec, groups: list[ReadGroup], folder: str) -> DataFrame:
    """Grain: one row per record of the files pinned under `folder`. Each column is a text or consists of texts, an
    empty value is NULL; further columns are `unknown_fields`, `landed_file`, `landed_version`, `landed_at` and
    `batch_id`.
    """
    frames = [
        as_fields(frame, spec, group.facts["format"] != "csv")
        for group in groups
        for frame in _read(spark, spec, group, folder)
    ]
    records = reduce(DataFrame.union, frames)
    lineage = _lineage(spark, groups).withColumn("batch_id", sf.lit(spec["batch"]))
    return records.join(sf.broadcast(lineage), ORDINAL).drop(ORDINAL)


def _read(spark: SparkSession, spec: TransformSpec, group: ReadGroup, folder: str) -> Iterator[DataFrame]:
    path, names, header = f"{folder}{group.folder}", source_names(spec), group.facts["header"]
    columns = plain_columns(names) if group.facts["format"] == "csv" else nested_columns(names)
    if group.reader == "json_lines":
        lines = text_lines(spark, path).select(_ordinal(), "value")
        records = read_json_lines(lines, group, columns, names)
        yield spark.createDataFrame(records, _record_type(columns), verifySchema=False)
    elif group.reader == "records":
        records = _in_tasks(spark, group, names, folder).mapPartitions(partial(read_files, columns=columns))
        yield spark.createDataFrame(records, _record_type(columns), verifySchema=False)
    else:
        yield read_csv(spark, group, path).select(_ordinal(), *csv_columns(header, columns))


def _in_tasks(spark: SparkSession, group: ReadGroup, names: list[str], folder: str) -> Any:
    """Distributes files over tasks by size; each file is read by one task."""
    files = [
        RecordFile(file.ordinal, f"{folder}{file.name}", file.facts, frozenset(new_keys(file.facts["header"], names)))
        for file in group.files
    ]
    tasks = min(len(files), 1 + sum(file.facts["bytes"] for file in files) // BYTES_PER_TASK)
    return spark.sparkContext.parallelize(files, max(tasks, min(len(files), spark.sparkContext.defaultParallelism)))


def _ordinal() -> SparkColumn:
    return sf.split_part(sf.col("_metadata.file_name"), sf.lit("."), sf.lit(1)).cast("int").alias(ORDINAL)


def _record_type(columns: tuple[Column, ...]) -> StructType:
    ends = (StructField(ORDINAL, IntegerType()), StructField("unknown_fields", StringType()))
    return StructType([ends[0], *landed_type(columns).fields, ends[1]])


def _lineage(spark: SparkSession, groups: list[ReadGroup]) -> DataFrame:
    """Grain: one row per file."""
    rows = [
        (file.ordinal, file.spec["key"], file.spec["version"], _moment(file.spec["landed_at"]))
        for group in groups
        for file in group.files
    ]
    types = {ORDINAL: IntegerType(), "landed_file": StringType(), "landed_version": StringType()}
    fields = [StructField(name, kind) for name, kind in types.items()]
    return spark.createDataFrame(rows, StructType([*fields, StructField("landed_at", TimestampNTZType())]))


def _moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso.replace("Z", "+00:00")).astimezone(timezone.utc).replace(tzinfo=None)
