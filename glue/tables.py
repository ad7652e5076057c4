"""The tables job: gives silver tables the columns of the deployed models, before anything reads them."""

from __future__ import annotations

import sys

from arguments import read_options, say
from lake import Lake, open_lake
from one_writer import one_writer
from pyspark.sql import SparkSession
from session import open_session, silver_name
from silver import prepare_silver
from spec import TablesResult, TablesSpec


def main(argv: list[str]) -> None:
    """Runs the spec at `--spec`; running it again changes nothing."""
    options = read_options(argv)
    spark = open_session()
    lake, key = open_lake(options["spec"], spark)
    spec = lake.read_spec(key)
    result = shape_tables(spark, lake, spec, options["JOB_RUN_ID"])
    lake.write_once(f"runs/{spec['id']}/tables.result.json", result)
    say(options, "silver tables have the columns of their models", tables=len(result["tables"]))


def shape_tables(spark: SparkSession, lake: Lake, spec: TablesSpec, run: str) -> TablesResult:
    """Creates each table of the spec, or adds what it lacks; `SpecMismatch` for a change that published rows cannot take."""
    for dataset, table in spec["tables"].items():
        name = silver_name(spark, dataset)
        with one_writer(lake.root, name):
            prepare_silver(spark, name, table)
    return {"id": spec["id"], "run": run, "tables": sorted(spec["tables"])}


if __name__ == "__main__":
    main(sys.argv[1:])
