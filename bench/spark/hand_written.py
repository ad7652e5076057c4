"""A job as one would write it by hand for these KPIs only: listens from CSV, checked, into an Iceberg table, and the
KPIs of every day and listener.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import perf_counter

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as sf

LISTENS = "user_id bigint, track_id string, listen_time timestamp_ntz"
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}


def main(argv: list[str]) -> None:
    """Publishes the listens, computes the KPIs, and writes the milliseconds of both."""
    options = arguments(argv)
    spark = SparkSession.builder.getOrCreate().newSession()
    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    started = perf_counter()
    rows = publish(spark, options.streams, options.table)
    published = perf_counter()
    write_kpis(spark.table(options.table), read_tracks(spark, options.tracks), options.out)
    figures = {"rows": rows, "publish_ms": 1000 * (published - started), "kpis_ms": 1000 * (perf_counter() - published)}
    Path(options.out, "figures.json").write_text(json.dumps(figures))


def arguments(argv: list[str]) -> Namespace:
    """The folders of the files and of the results."""
    parser = ArgumentParser()
    for name in ["streams", "tracks", "table", "out"]:
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args(argv)


def publish(spark: SparkSession, folder: str, table: str) -> int:
    """Writes all listens in the folder's files by day, and returns their number; raises an error if a rule is broken."""
    listens = spark.read.csv(folder, schema=LISTENS, header=True, escape='"', mode="FAILFAST")
    landed = listens.withColumn("landed_file", sf.input_file_name()).withColumn("landed_at", sf.current_timestamp())
    rows = check(listens)
    by_day = landed.sortWithinPartitions(sf.to_date("listen_time"), "listen_time", "user_id", "track_id")
    by_day.writeTo(table).partitionedBy(sf.days("listen_time")).option("fanout-enabled", "true").createOrReplace()
    return rows


def check(listens: DataFrame) -> int:
    """The number of listens, which must all have a listener, a track and a moment."""
    invalid = sf.col("user_id").isNull() | (sf.col("user_id") <= 0) | sf.col("listen_time").isNull()
    invalid = invalid | sf.col("track_id").isNull() | (sf.length("track_id") != 22)
    rows, broken = listens.agg(sf.count("*"), sf.count(sf.when(invalid, 1))).first()
    if broken or not rows:
        raise ValueError(f"{broken} of {rows} listens break a rule")
    return rows


def read_tracks(spark: SparkSession, path: str) -> DataFrame:
    """One row per track of the catalogue."""
    tracks = spark.read.csv(path, header=True, escape='"')
    return tracks.select(
        "track_id",
        "track_name",
        "artists",
        "track_genre",
        sf.col("popularity").cast("bigint").alias("popularity"),
        sf.col("duration_ms").cast("bigint").alias("duration_ms"),
    )


def write_kpis(listens: DataFrame, tracks: DataFrame, out: str) -> None:
    """Writes one folder of JSON lines per KPI."""
    facts = enriched(listens, tracks).cache()
    kpis = {
        "kpi_days": days(facts),
        "kpi_day_genres": day_genres(facts),
        "kpi_top_genres": top_genres(facts),
        "kpi_top_songs": top_songs(facts),
        "kpi_day_hours": day_hours(facts),
        "kpi_listeners": listeners(facts),
    }
    for name, rows in kpis.items():
        rows.coalesce(1).write.mode("overwrite").json(f"{out}/{name}", ignoreNullFields=False)
    facts.unpersist()


def enriched(listens: DataFrame, tracks: DataFrame) -> DataFrame:
    """One row per listen, duplicates counted once, with the catalogue's columns of its track."""
    heard = listens.dropDuplicates(["user_id", "track_id", "listen_time"]).join(
        sf.broadcast(tracks), "track_id", "left"
    )
    return heard.select(
        "user_id",
        "track_id",
        "track_name",
        "artists",
        sf.to_date("listen_time").alias("listen_date"),
        sf.lpad(sf.hour("listen_time").cast("string"), 2, "0").alias("hour"),
        sf.coalesce("track_genre", sf.lit("unknown")).alias("genre"),
        sf.coalesce("popularity", sf.lit(0)).alias("popularity"),
        sf.coalesce("duration_ms", sf.lit(0)).alias("duration_ms"),
    )


def days(facts: DataFrame) -> DataFrame:
    """One row per day."""
    return facts.groupBy("listen_date").agg(
        sf.count("*").alias("listens"),
        sf.countDistinct("user_id").alias("unique_listeners"),
        sf.sum("duration_ms").alias("listening_ms"),
        sf.countDistinct("genre").alias("genres"),
    )


def day_genres(facts: DataFrame) -> DataFrame:
    """One row per day and genre."""
    totals = facts.groupBy("listen_date", "genre").agg(
        sf.count("*").alias("listens"),
        sf.countDistinct("user_id").alias("unique_listeners"),
        sf.sum("duration_ms").alias("listening_ms"),
        sf.sum("popularity").alias("popularity"),
    )
    return totals.select(
        *["listen_date", "genre", "listens", "unique_listeners", "listening_ms"],
        ratio("listening_ms", "unique_listeners", 2).alias("avg_listening_ms_per_listener"),
        (sf.col("popularity").cast("decimal(18, 0)") / 100).cast("decimal(18, 2)").alias("popularity_index"),
    )


def top_genres(facts: DataFrame) -> DataFrame:
    """One row per day and rank, five per day, ties by name."""
    counted = facts.groupBy("listen_date", "genre").agg(sf.count("*").alias("listens"))
    order = Window.partitionBy("listen_date").orderBy(sf.desc("listens"), "genre")
    return counted.withColumn("rank", sf.row_number().over(order)).where("rank <= 5")


def top_songs(facts: DataFrame) -> DataFrame:
    """One row per day, genre and rank, three of each, ties by id."""
    songs = ["listen_date", "genre", "track_id", "track_name", "artists"]
    counted = facts.groupBy(*songs).agg(sf.count("*").alias("listens"))
    order = Window.partitionBy("listen_date", "genre").orderBy(sf.desc("listens"), "track_id")
    return counted.withColumn("rank", sf.row_number().over(order)).where("rank <= 3")


def day_hours(facts: DataFrame) -> DataFrame:
    """One row per day and hour that has listens."""
    hour = ["listen_date", "hour"]
    totals = facts.groupBy(*hour).agg(
        sf.count("*").alias("listens"),
        sf.countDistinct("user_id").alias("unique_listeners"),
        sf.countDistinct("track_id").alias("distinct_tracks"),
    )
    credited = facts.where("artists is not null").groupBy(*hour, sf.split("artists", ";")[0].alias("top_artist"))
    order = Window.partitionBy(*hour).orderBy(sf.desc("plays"), "top_artist")
    first = credited.agg(sf.count("*").alias("plays")).withColumn("rank", sf.row_number().over(order)).where("rank = 1")
    return totals.join(first, hour, "left").select(
        *[*hour, "top_artist", "listens", "unique_listeners", "distinct_tracks"],
        ratio("distinct_tracks", "listens", 4).alias("track_diversity"),
    )


def listeners(facts: DataFrame) -> DataFrame:
    """One row per listener, over all their days."""
    totals = facts.groupBy("user_id").agg(
        sf.count("*").alias("listens"),
        sf.sum("duration_ms").alias("listening_ms"),
        sf.countDistinct("listen_date").alias("active_days"),
        sf.min("listen_date").alias("first_day"),
        sf.max("listen_date").alias("last_day"),
    )
    return totals.select(
        "*",
        ratio("listening_ms", "listens", 2).alias("avg_listening_ms"),
        ratio("listening_ms", "active_days", 2).alias("avg_listening_ms_per_day"),
    )


def ratio(numerator: str, denominator: str, decimals: int) -> Column:
    """Exact, rounded half up."""
    exact = sf.col(numerator).cast("decimal(18, 0)") / sf.col(denominator).cast("decimal(18, 0)")
    return sf.round(exact, decimals)


if __name__ == "__main__":
    main(sys.argv[1:])
