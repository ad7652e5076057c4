"""The verdicts of a ruleset on a batch's staged rows, file by file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from functools import reduce
from itertools import islice

from errors import SpecMismatch
from examples import example_rows
from pyspark.sql import DataFrame, Row, SparkSession
from session import silver_name
from spec import QualityFile, QualitySpec, RuleViolation
from sql_text import literal

FILES = "landed_file string, landed_version string, landed_at timestamp_ntz"
CUSTOM_OUTCOMES = "landed_file string, atom int, metric double, passed boolean"

# Number of CustomSql statements in one query: each statement costs analysis, each query a job.
STATEMENTS_AT_ONCE = 32

Violations = list[RuleViolation]


def validate(staged: DataFrame, spec: QualitySpec) -> dict[str, Violations]:
    """The rules that each file of the batch broke, by key and in the ruleset's order; an empty list is a pass. Takes one row per staged row."""
    spark = staged.sparkSession
    staged.createOrReplaceTempView("staged")
    _batch_files(spark, spec["files"]).createOrReplaceTempView("batch_files")
    for dataset in spec["ruleset"]["references"]:
        _reference(spark, dataset).createOrReplaceTempView(f"silver_{dataset}")
    _custom_outcomes(staged, spec).createOrReplaceTempView("custom_outcomes")
    outcomes = spark.sql(spec["ruleset"]["outcomes"]).collect()
    _expect_outcomes(spec, outcomes)
    return _violations(spark, spec, [outcome for outcome in outcomes if outcome["passed"] is not True])


def _batch_files(spark: SparkSession, files: Sequence[QualityFile]) -> DataFrame:
    """One row per file."""
    rows = [(file["key"], file["version"], _utc(file["landed_at"])) for file in files]
    return spark.createDataFrame(rows, FILES)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc).replace(tzinfo=None)


def _reference(spark: SparkSession, dataset: str) -> DataFrame:
    """The published rows of another dataset."""
    name = silver_name(spark, dataset)
    if not spark.catalog.tableExists(name):
        raise SpecMismatch(f"the ruleset refers to {dataset}, which has no published rows yet; publish it first")
    return spark.table(name)


def _custom_outcomes(staged: DataFrame, spec: QualitySpec) -> DataFrame:
    """One row per file and CustomSql."""
    answers = _ask(staged, spec)
    rows: list[Row] = []
    while some := list(islice(answers, STATEMENTS_AT_ONCE)):
        rows += reduce(DataFrame.unionAll, some).collect()
    return staged.sparkSession.createDataFrame(rows, CUSTOM_OUTCOMES)


def _ask(staged: DataFrame, spec: QualitySpec) -> Iterator[DataFrame]:
    """One frame with one row per file and CustomSql; in each statement `primary` holds the rows of one file."""
    spark, customs = staged.sparkSession, spec["ruleset"]["customs"]
    for file in spec["files"] if customs else []:
        staged.where(staged["landed_file"] == file["key"]).createOrReplaceTempView("primary")
        for custom in customs:
            yield spark.sql(
                f"select {literal(file['key'])} as landed_file, {custom['atom']} as atom, cast(metric as double) as metric, passed "
                f"from (\n{custom['sql']}\n) as answer(metric, passed)"
            )


def _expect_outcomes(spec: QualitySpec, outcomes: Sequence[Row]) -> None:
    """A file without an outcome must never pass."""
    answers = {(outcome["landed_file"], outcome["rule_number"]) for outcome in outcomes}
    due = {(file["key"], rule["number"]) for file in spec["files"] for rule in spec["ruleset"]["rules"]}
    if answers != due or len(outcomes) != len(due):
        raise SpecMismatch(f"the ruleset's SQL gave {len(outcomes)} outcomes for {len(due)} files and rules")


def _violations(spark: SparkSession, spec: QualitySpec, failed: Sequence[Row]) -> dict[str, Violations]:
    violations: dict[str, Violations] = {file["key"]: [] for file in spec["files"]}
    for rule in spec["ruleset"]["rules"]:
        broken = [outcome for outcome in failed if outcome["rule_number"] == rule["number"]]
        examples = example_rows(spark, spec, rule["number"], [outcome["landed_file"] for outcome in broken])
        for outcome in broken:
            key = outcome["landed_file"]
            violations[key].append(
                {"rule": rule["text"], "metric": outcome["metric"], "examples": examples.get(key, [])}
            )
    return violations
