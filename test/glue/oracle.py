"""Asks Deequ, which reads the language itself, what it says of rules over frames."""

from __future__ import annotations

import json
import sys
from math import isfinite
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

sys.path.insert(0, str(Path(__file__).parent))
from frames import typed_frame
from validate import SMALL


def main(argv: list[str]) -> None:
    asked, answered = map(Path, argv)
    question = json.loads(asked.read_text())
    parser = open_session()._jvm.software.amazon.glue.dqdl.parser.DQDLParser()
    answers: list[dict[str, Any]] = []
    for file in question["files"]:
        parsed = [[rule for rule in rules if is_parsed(parser, rule)] for rules in file["rulesets"]]
        answers.append(evaluate(open_session(), question, file["rows"], [rules for rules in parsed if rules]))
    answered.write_text(json.dumps(answers))


def open_session() -> SparkSession:
    """A session with Spark's own settings, which are those that Deequ expects."""
    spark = SparkSession.builder.getOrCreate().newSession()
    # Deequ's expressions take their settings from the active session.
    spark._jvm.SparkSession.setActiveSession(spark._jsparkSession)
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    for name, value in SMALL.items():
        spark.conf.set(name, value)
    return spark


def is_parsed(parser: Any, rule: str) -> bool:
    try:
        parser.parse(f"Rules = [ {rule} ]")
    except Exception:
        return False
    return True


def evaluate(
    spark: SparkSession, question: dict[str, Any], rows: list[dict[str, Any]], rulesets: list[list[str]]
) -> dict[str, Any]:
    """What becomes of each rule over one file, by the rule's text as Deequ prints it; `primary` is for CustomSql."""
    frame = typed_frame(spark, question["columns"], rows)
    frame.createOrReplaceTempView("primary")
    others = {
        name: typed_frame(spark, question["columns"], other)._jdf for name, other in question["references"].items()
    }
    references = spark._jvm.PythonUtils.toScalaMap(others)
    deequ = spark._jvm.com.amazon.deequ.dqdl.EvaluateDataQuality
    outcomes: dict[str, Any] = {}
    for rules in rulesets:
        ruleset = "Rules = [\n{}\n]".format(",\n".join(rules))
        for row in DataFrame(deequ.process(frame._jdf, ruleset, references), spark).collect():
            reason = (row.FailureReason or "")[:200]
            outcomes[row.Rule] = {
                "passed": row.Outcome == "Passed",
                "reason": reason,
                "metrics": {name: value for name, value in row.EvaluatedMetrics.items() if isfinite(value)},
            }
    return outcomes
