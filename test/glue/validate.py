"""Validates a batch by a compiled ruleset, as the quality job does: one pass for all files, CustomSql file by file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

sys.path[:0] = [str(Path(__file__).parents[2] / "glue"), str(Path(__file__).parent)]
from frames import typed_frame
from session import open_session

# A few rows are not worth compiling plans and shuffling in parts for.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
CUSTOM_OUTCOMES = "landed_file string, atom int, metric double, passed boolean"


def main(argv: list[str]) -> None:
    asked, answered = map(Path, argv)
    batch = json.loads(asked.read_text())
    spark = open_session()
    for name, value in SMALL.items():
        spark.conf.set(name, value)
    staged = typed_frame(spark, batch["columns"], batch["rows"])
    staged.createOrReplaceTempView("staged")
    for name, rows in batch["references"].items():
        typed_frame(spark, batch["columns"], rows).createOrReplaceTempView(f"silver_{name}")
    create_files(spark, batch["files"], batch["landed_at"])
    validate_customs(spark, staged, batch)
    examples = [{"number": example["number"], "rows": answer(spark, example["sql"])} for example in batch["examples"]]
    answered.write_text(json.dumps({"outcomes": answer(spark, batch["outcomes"]), "examples": examples}))


def create_files(spark: SparkSession, files: list[str], landed_at: str) -> None:
    """`batch_files`: one row for each file."""
    frame = spark.createDataFrame(
        [(file, "v1", landed_at) for file in files], "landed_file string, landed_version string, landed_at string"
    )
    typed = frame.selectExpr("landed_file", "landed_version", "cast(landed_at as timestamp) as landed_at")
    typed.createOrReplaceTempView("batch_files")


def validate_customs(spark: SparkSession, staged: DataFrame, batch: dict[str, Any]) -> None:
    """`custom_outcomes`: one row for each file and CustomSql rule."""
    outcomes = [
        (file, *answer)
        for file in (batch["files"] if batch["customs"] else [])
        for answer in validate_file(spark, staged, file, batch["customs"])
    ]
    spark.createDataFrame(outcomes, CUSTOM_OUTCOMES).createOrReplaceTempView("custom_outcomes")


def validate_file(spark: SparkSession, staged: DataFrame, file: str, customs: list[dict[str, Any]]) -> list[tuple]:
    staged.where(staged.landed_file == file).createOrReplaceTempView("primary")
    answers = [f"select {custom['atom']}, answer.* from (\n{custom['sql']}\n) as answer" for custom in customs]
    return [tuple(row) for row in spark.sql("\nunion all\n".join(answers)).collect()]


def answer(spark: SparkSession, sql: str) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in row.asDict().items()} for row in spark.sql(sql).collect()]


def plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
