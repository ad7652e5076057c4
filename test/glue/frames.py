"""Frames of typed rows for tests, out of rows whose values came as text."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame, SparkSession


def typed_frame(spark: SparkSession, columns: list[dict[str, str]], rows: list[dict[str, Any]]) -> DataFrame:
    """One row for each row given; a column that a row lacks is NULL."""
    casts = ", ".join(f"cast({column['name']} as {spelled(column['type'])}) as {column['name']}" for column in columns)
    names = [column["name"] for column in columns]
    tuples = [f"({', '.join(literal(row.get(name)) for name in names)})" for row in rows]
    nothing = f"({', '.join('cast(null as string)' for _ in names)})"
    values = f"values {', '.join(tuples or [nothing])} as texts({', '.join(names)})"
    return spark.sql(f"select {casts} from {values} where {'true' if rows else 'false'}")


def spelled(column_type: str) -> str:
    return "string" if column_type.startswith("varchar") else column_type


def literal(text: str | None) -> str:
    """A text as Spark reads it, which takes a backslash for an escape."""
    if text is None:
        return "cast(null as string)"
    return "'{}'".format(text.replace("\\", "\\\\").replace("'", "\\'"))
