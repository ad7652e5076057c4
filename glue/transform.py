"""The transform job: reads a batch's files as they were validated, runs the silver SQL over them and stages the rows."""

from __future__ import annotations

import sys

from arguments import read_options, say
from field_columns import source_names
from lake import Lake, open_lake
from landed import read_landed
from landed_files import group_files
from pinning import pinned
from pyspark.sql import SparkSession
from session import open_session
from spec import TransformResult, TransformSpec
from staging import stage_rows, to_silver


def main(argv: list[str]) -> None:
    """Runs the spec at `--spec`; the first run of a batch that finishes counts, any other leaves its result unchanged."""
    options = read_options(argv)
    spark = open_session()
    lake, key = open_lake(options["spec"], spark)
    spec = lake.read_spec(key)
    result_key = f"runs/{spec['batch']}/transform.result.json"
    if lake.read_json(result_key) is None:
        result = transform(spark, lake, spec, options["JOB_RUN_ID"])
        lake.write_once(result_key, result)
        rows = sum(file["staged"] for file in result["files"])
        ids = [file["version"] for file in spec["files"]]
        say(options, "rows staged", batch=spec["batch"], files=len(ids), rows=rows, correlation_ids=ids)


def transform(spark: SparkSession, lake: Lake, spec: TransformSpec, run: str) -> TransformResult:
    """Stages the rows of a batch and returns the result of the run."""
    folder = f"staging/{spec['batch']}/{run}/"
    groups = group_files(spec["files"], source_names(spec))
    with pinned(lake, groups, f"{folder}landed/"):
        landed = read_landed(spark, spec, groups, lake.path(f"{folder}landed/"))
        silver = to_silver(landed, spec)
        files = stage_rows(spark, spec, landed, silver, lake.path(f"{folder}rows/"))
    return {"batch": spec["batch"], "run": run, "staged": f"{folder}rows/", "files": files}


if __name__ == "__main__":
    main(sys.argv[1:])
