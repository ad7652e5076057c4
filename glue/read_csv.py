"""Reads CSV with Spark exactly as the validator does."""

from __future__ import annotations

from collections.abc import Iterable

from landed_columns import Column
from landed_files import ReadGroup
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf
from read_files import csv_texts

LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}


def read_csv(spark: SparkSession, group: ReadGroup, path: str) -> DataFrame:
    """Grain: one row per record, its fields by position, `c0` and on (a header may have the same name in another case)."""
    facts = group.facts
    quote = facts["quote"]
    # Spark reads a backslash as the start of an escape.
    separator = facts["delimiter"].replace("\\", "\\\\")
    options = {"sep": separator, "quote": quote, "escape": quote}
    if group.reader == "csv_whole":
        # With the line end given, Spark leaves line ends in quotes unchanged.
        options |= {"multiLine": True, "lineSep": LINE_ENDS[facts["line_end"]]}
    return csv_texts(spark, path, len(facts["header"]), **options)


def csv_columns(header: list[str], columns: Iterable[Column]) -> list[SparkColumn]:
    """The landed columns of such rows, then `unknown_fields`; a column that a file lacks is NULL."""
    fields = {name: sf.col(f"c{place}") for place, name in enumerate(header)}
    known = [column.key for column in columns]
    missing = sf.lit(None).cast("string")
    others = [field.alias(name) for name, field in fields.items() if name not in known]
    return [
        *(fields.get(name, missing).alias(name) for name in known),
        (sf.to_json(sf.struct(*others), {"ignoreNullFields": "false"}) if others else missing).alias("unknown_fields"),
    ]
