"""The branches of an Iceberg table, and the snapshots of main, which name the batches that were published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pyspark.sql import Row, SparkSession
from session import CATALOG
from sql_text import identifier, literal

# A branch of a run that never ended is removed by the table's retention after this time.
RETENTION = "7 days"


@dataclass(frozen=True)
class Main:
    """What readers see: the snapshot, and the batches and the highest fence in it and its ancestors."""

    head: int | None
    batches: frozenset[str]
    fence: int


def read_main(spark: SparkSession, table: str) -> Main:
    """The head is read first, so that a fast-forward fails if something is published afterwards."""
    heads = spark.sql(f"select snapshot_id from {table}.refs where name = 'main'").collect()
    head = heads[0]["snapshot_id"] if heads else None
    marks = [row for row in _ancestors(spark, table, head) if row["batch"] is not None]
    return Main(
        head=head,
        batches=frozenset(row["batch"] for row in marks),
        fence=max((row["fence"] for row in marks), default=0),
    )


def _ancestors(spark: SparkSession, table: str, head: int | None) -> Iterator[Row]:
    """A snapshot and its ancestors, as far as they still exist."""
    snapshots = {row["snapshot_id"]: row for row in _snapshots(spark, table)}
    while snapshot := snapshots.get(head):
        yield snapshot
        head = snapshot["parent_id"]


def _snapshots(spark: SparkSession, table: str) -> list[Row]:
    return spark.sql(f"""
        select snapshot_id, parent_id, summary['batch-id'] as batch, cast(summary['fence'] as bigint) as fence
        from {table}.snapshots""").collect()


def create_branch(spark: SparkSession, table: str, branch: str, head: int | None) -> None:
    """Creates a branch at a snapshot, or empty in an empty table; an existing branch of that name is replaced."""
    start = "" if head is None else f"as of version {head}"
    spark.sql(f"alter table {table} create or replace branch {identifier(branch)} {start} retain {RETENTION}")


def on_branch(table: str, branch: str) -> str:
    """A table's branch, as SQL and writers name it."""
    return f"{table}.{identifier(f'branch_{branch}')}"


def fast_forward(spark: SparkSession, table: str, branch: str) -> None:
    """Moves main to a branch's head; fails if main is not an ancestor of it."""
    within = table.removeprefix(f"{CATALOG}.")
    spark.sql(f"call {CATALOG}.system.fast_forward({literal(within)}, 'main', {literal(branch)})").collect()


def drop_branch(spark: SparkSession, table: str, branch: str) -> None:
    """Drops a branch if it exists and can be dropped; one that stays does no harm and expires."""
    with suppress(Exception):
        spark.sql(f"alter table {table} drop branch if exists {identifier(branch)}")


def drop_dead_branches(spark: SparkSession, table: str, batch: str, fence: int) -> None:
    """Drops branches of runs of a settled batch, and of runs whose fence is too old."""
    with suppress(Exception):
        refs = spark.sql(f"select name, snapshot_id from {table}.refs where name <> 'main'").collect()
        snapshots = {row["snapshot_id"]: row for row in _snapshots(spark, table)} if refs else {}
        for ref in refs:
            head = snapshots[ref["snapshot_id"]]
            is_fenced_out = (head["fence"] or fence) < fence and ref["name"].startswith(f"batch_{head['batch']}_")
            if ref["name"].startswith(f"batch_{batch}_") or is_fenced_out:
                drop_branch(spark, table, ref["name"])


@contextmanager
def marked(spark: SparkSession, marks: dict[str, str]) -> Iterator[None]:
    """Writes properties into the snapshots of SQL statements, which have no option for them."""
    context = spark._jvm.org.apache.iceberg.EnvironmentContext
    for name, value in marks.items():
        context.put(name, value)
    try:
        yield
    finally:
        for name in marks:
            context.remove(name)
