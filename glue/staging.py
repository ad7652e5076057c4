"""Stages the rows of a batch and counts them, file by file."""

from __future__ import annotations

from conservation import expect_rows, rows_per_file
from errors import SpecMismatch
from pyspark.sql import DataFrame, SparkSession
from read_files import staged_parquet
from spec import StagedFile, TransformSpec


def to_silver(landed: DataFrame, spec: TransformSpec) -> DataFrame:
    """Grain: that of the silver SQL, which reads the landed records; `SpecMismatch` if its columns are not the table's."""
    landed.createOrReplaceTempView(f"landed_{spec['dataset']}")
    silver = landed.sparkSession.sql(spec["sql"])
    found, wanted = sorted(silver.columns), sorted(column["name"] for column in spec["table"]["columns"])
    if found != wanted:
        raise SpecMismatch(f"the silver SQL yields {', '.join(found)}, but the table has {', '.join(wanted)}")
    return silver


def stage_rows(
    spark: SparkSession, spec: TransformSpec, landed: DataFrame, silver: DataFrame, path: str
) -> list[StagedFile]:
    """Writes silver rows as Parquet and returns how many were read and staged per file, including files without rows."""
    silver.write.mode("overwrite").parquet(path)
    staged = rows_per_file(staged_parquet(spark, path))
    read = _rows_read(spec, landed, staged)
    return [
        {
            "key": file["key"],
            "version": file["version"],
            "read": read.get(file["key"], 0),
            "staged": staged.get(file["key"], 0),
        }
        for file in spec["files"]
    ]


def _rows_read(spec: TransformSpec, landed: DataFrame, staged: dict[str, int]) -> dict[str, int]:
    """If each file staged exactly its records, no second pass is needed; `RowsNotConserved` if the engine read other
    numbers than the validator.
    """
    validated = {file["key"]: file["facts"]["records"] for file in spec["files"]}
    is_one_to_one = all(staged.get(key, 0) == records for key, records in validated.items())
    read = staged if is_one_to_one else rows_per_file(landed)
    expect_rows(read, validated, "read by the engine")
    return read
