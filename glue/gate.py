"""The quality gate: takes a batch, returns its verdicts and puts the rows of the files that passed on main."""

from __future__ import annotations

from branches import drop_dead_branches, read_main
from conservation import expect_distinct_keys, expect_rows, rows_per_file
from errors import NotPublished, SpecMismatch
from lake import Lake
from one_writer import one_writer
from publishing import Publication, publish
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from read_files import staged_parquet
from session import silver_name
from silver import prepare_silver
from spec import FileResult, QualityFile, QualityResult, QualitySpec, RuleViolation
from sql_text import identifier
from verdicts import validate


def settle(spark: SparkSession, lake: Lake, spec: QualitySpec, run: str) -> QualityResult:
    """Validates and publishes a batch. The first validation counts, whichever run made it; a quarantined file does not
    affect the others. `NotPublished`, with the reason, if no run of the batch has published it.
    """
    try:
        return _validate_and_publish(spark, lake, spec, run)
    except Exception as error:
        if not _is_published(spark, spec):
            raise NotPublished(error) from error
        return _known_verdicts(lake, spec)


def _validate_and_publish(spark: SparkSession, lake: Lake, spec: QualitySpec, run: str) -> QualityResult:
    expect_distinct_keys(spec["files"])
    table = silver_name(spark, spec["dataset"])
    with one_writer(lake.root, table):
        prepare_silver(spark, table, spec["table"])
        if _is_published(spark, spec):
            drop_dead_branches(spark, table, spec["batch"], spec["fence"])
            return _known_verdicts(lake, spec)
    # Each reader reads it again: a few columns of Parquet cost less than keeping all rows in memory.
    staged = _read_staged(spark, lake, spec)
    verdicts = _verdicts(lake, staged, spec, run)
    rows = {file["key"]: file["rows"] for file in verdicts["files"] if file["outcome"] == "published"}
    reprocessed = frozenset(file["key"] for file in spec["files"] if file.get("reprocessed"))
    with one_writer(lake.root, table):
        publish(Publication(table, spec["batch"], run, spec["fence"], staged, rows, spec["table"], reprocessed))
    return verdicts


def _is_published(spark: SparkSession, spec: QualitySpec) -> bool:
    table = silver_name(spark, spec["dataset"])
    return spark.catalog.tableExists(table) and spec["batch"] in read_main(spark, table).batches


def _known_verdicts(lake: Lake, spec: QualitySpec) -> QualityResult:
    verdicts = lake.read_json(_verdicts_key(spec))
    if verdicts is None:
        raise SpecMismatch(f"batch {spec['batch']} is published, but its verdicts are gone from the lake")
    return verdicts


def _verdicts_key(spec: QualitySpec) -> str:
    return f"runs/{spec['batch']}/quality.verdicts.json"


def _read_staged(spark: SparkSession, lake: Lake, spec: QualitySpec) -> DataFrame:
    """One row per staged row, with the columns of the table."""
    try:
        staged = staged_parquet(spark, lake.path(spec["staged"]))
    except AnalysisException as error:
        # If the path has wildcard characters, Spark reports a missing schema instead of a missing path.
        if error.getErrorClass() not in {"PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA"}:
            raise
        raise SpecMismatch(f"nothing is staged under {spec['staged']}; transform the batch again") from error
    names = [column["name"] for column in spec["table"]["columns"]]
    missing = sorted(set(names) - set(staged.columns))
    if missing:
        raise SpecMismatch(f"the staged rows have no column {', '.join(missing)}; transform the batch again")
    return staged.select(*map(identifier, names))


def _verdicts(lake: Lake, staged: DataFrame, spec: QualitySpec, run: str) -> QualityResult:
    """They are stored before anything is published, so that rows published by a dead run are not validated again."""
    earlier = lake.read_json(_verdicts_key(spec))
    if earlier is not None:
        return earlier
    expect_rows(rows_per_file(staged), {file["key"]: file["staged"] for file in spec["files"]}, "staged")
    violations = validate(staged, spec)
    files = [_verdict(file, violations[file["key"]]) for file in spec["files"]]
    verdicts = {"batch": spec["batch"], "run": run, "files": files}
    return verdicts if lake.write_once(_verdicts_key(spec), verdicts) else _known_verdicts(lake, spec)


def _verdict(file: QualityFile, violations: list[RuleViolation]) -> FileResult:
    outcome = {"outcome": "rejected", "rows": 0} if violations else {"outcome": "published", "rows": file["staged"]}
    return {"key": file["key"], "version": file["version"], **outcome, "violations": violations}
