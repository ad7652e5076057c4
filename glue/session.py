"""The Spark session of a job; the differences between AWS and a laptop come from configuration outside."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import SparkSession

CATALOG = "lake"

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # One calendar for all days; without this setting Spark rejects days before 1582.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.binaryAsString": "false",
    "spark.sql.parquet.int96AsTimestamp": "true",
    "spark.sql.parquet.mergeSchema": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    # Another process may have published since a table was last read.
    f"spark.sql.catalog.{CATALOG}.cache-enabled": "false",
}


def open_session() -> SparkSession:
    """A separate session in the process's Spark, with settings under which all SQL of the project means the same."""
    spark = SparkSession.builder.getOrCreate().newSession()
    # Expressions made outside of a query take their settings from the active session.
    spark._jvm.SparkSession.setActiveSession(spark._jsparkSession)
    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    # Where the workers of a laptop find the modules of a job; Glue's workers have them already.
    spark.sparkContext.environment.setdefault("PYTHONPATH", str(Path(__file__).parent))
    return spark


def silver_name(spark: SparkSession, dataset: str) -> str:
    """A dataset's silver table as SQL names it."""
    database = spark.conf.get("spark.soundcheck.database", "silver")
    return f"{CATALOG}.{database}.{dataset}"
