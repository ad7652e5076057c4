"""Runs SQL statements in a job's session and writes their rows."""

from __future__ import annotations

import datetime
import decimal
import json
import sys
from pathlib import Path
from typing import Any

from pyspark.sql import Row, SparkSession

sys.path.insert(0, str(Path(__file__).parents[2] / "glue"))
from session import open_session


def main(argv: list[str]) -> None:
    asked, answered = map(Path, argv)
    spark = open_session()
    answers = [answer(spark, statement) for statement in json.loads(asked.read_text())]
    answered.write_text(json.dumps(answers))


def answer(spark: SparkSession, statement: str) -> dict[str, Any]:
    try:
        frame = spark.sql(statement)
        types = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
        return {"types": types, "rows": [plain(row) for row in frame.collect()]}
    except Exception as error:
        return {"error": str(error)}


def plain(value: Any) -> Any:
    if isinstance(value, Row):
        return {name: plain(item) for name, item in value.asDict().items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (decimal.Decimal, datetime.date, datetime.datetime)):
        return str(value)
    return value
