"""The only module that makes Spark read files: no default, no folder name and no character in a path changes the
result.
"""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame, DataFrameReader, SparkSession
from pyspark.sql.types import StringType, StructField, StructType

OPTIONS = {
    # Every path is taken literally, whatever characters it has.
    "__globPaths__": "false",
    # Also prevents that a folder such as `id=77` becomes a column.
    "recursiveFileLookup": "true",
    "ignoreCorruptFiles": "false",
    "ignoreMissingFiles": "false",
}

CSV_OPTIONS = {
    "header": "true",
    "mode": "FAILFAST",
    "inferSchema": "false",
    "enforceSchema": "true",
    "encoding": "UTF-8",
    # An empty value is NULL, with or without quotes.
    "nullValue": "",
    "emptyValue": "",
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
    "maxCharsPerColumn": "-1",
    "unescapedQuoteHandling": "STOP_AT_DELIMITER",
}


def staged_parquet(spark: SparkSession, path: str) -> DataFrame:
    """Grain: one row per row that a job wrote under `path`."""
    return _reader(spark).option("mergeSchema", "false").parquet(path)


def text_lines(spark: SparkSession, path: str) -> DataFrame:
    """Grain: one row per line under `path`, its text in `value`."""
    return _reader(spark).option("wholetext", "false").text(path, lineSep="\n")


def csv_texts(spark: SparkSession, path: str, width: int, **options: Any) -> DataFrame:
    """Grain: one row per record under `path`, its fields by position, `c0` and on."""
    schema = StructType([StructField(f"c{place}", StringType()) for place in range(width)])
    return _reader(spark).options(**CSV_OPTIONS).schema(schema).csv(path, maxColumns=width + 1, **options)


def _reader(spark: SparkSession) -> DataFrameReader:
    return spark.read.options(**OPTIONS)
