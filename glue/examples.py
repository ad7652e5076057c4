"""Rows that show how a file broke a rule, as texts that people may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyspark.sql import Column, SparkSession, Window
from pyspark.sql import functions as sf
from pyspark.sql.types import DataType, DoubleType, FloatType
from spec import QualitySpec
from sql_text import identifier

EXAMPLES = 5
CHARACTERS = 100

Example = dict[str, str | None]


def example_rows(spark: SparkSession, spec: QualitySpec, rule: int, files: Sequence[str]) -> dict[str, list[Example]]:
    """Up to five rows of each file that break the rule, always the same ones; values are cut at 100 characters,
    personal ones hidden.
    """
    sql = next((example["sql"] for example in spec["ruleset"]["examples"] if example["number"] == rule), None)
    if sql is None or not files:
        return {}
    names = [column["name"] for column in spec["table"]["columns"]]
    offending = spark.sql(sql).where(sf.col("landed_file").isin(list(files)))
    order = Window.partitionBy("landed_file").orderBy(*[sf.col(identifier(name)).asc_nulls_last() for name in names])
    shown = [_shown(name, offending.schema[name].dataType, spec["pii"]) for name in names]
    numbered = offending.withColumn("example_number", sf.row_number().over(order))
    first = numbered.where(sf.col("example_number") <= EXAMPLES)
    rows = first.select("example_number", sf.col("landed_file").alias("example_of"), *shown).collect()
    examples: dict[str, list[Example]] = {}
    for _, file, *values in sorted(rows, key=lambda row: row["example_number"]):
        examples.setdefault(file, []).append(dict(zip(names, map(_text, values), strict=True)))
    return examples


def _shown(name: str, kind: DataType, pii: Sequence[str]) -> Column:
    column = sf.col(identifier(name))
    if name in pii:
        return sf.when(column.isNotNull(), "***").alias(name)
    if isinstance(kind, DoubleType):
        return column
    if isinstance(kind, FloatType):
        # As a double it would show digits that the value does not have.
        return column.cast("string").cast("double").alias(name)
    return sf.substring(column.cast("string"), 1, CHARACTERS).alias(name)


def _text(value: Any) -> str | None:
    """Doubles as the shortest text that gives the same double; Java writes other texts."""
    return repr(value) if isinstance(value, float) else value
