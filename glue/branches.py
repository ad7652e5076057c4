"""The branches of an Iceberg table and the snapshots of its main, which carry the batches that were published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pyspark.sql import Row, SparkSession
from session import CATALOG
from sql_text import identifier, literal

# Until then the table's retention keeps what a run left that never came to its end.
RETENTION = "7 days"


@dataclass(frozen=True)
class Main:
    """What readers see: the snapshot, and the batches and the highest fence among it and its ancestors."""

    head: int | None
    batches: frozenset[str]
    fence: int


def read_main(spark: SparkSession, table: str) -> Main:
    """The head is read first: what is published after it makes a fast-forward from it fail."""
    heads = spark.sql(f"select snapshot_id from {table}.refs where name = 'main'").collect()
    head = heads[0]["snapshot_id"] if heads else None
    marks = [row for row in _ancestors(spark, table, head) if row["batch"] is not None]
    return Main(
        head=head,
        batches=frozenset(row["batch"] for row in marks),
        fence=max((row["fence"] for row in marks), default=0),
    )


def _ancestors(spark: SparkSession, table: str, head: int | None) -> Iterator[Row]:
    """A snapshot and those that it came from, as far as they are kept."""
    snapshots = {row["snapshot_id"]: row for row in _snapshots(spark, table)}
    while snapshot := snapshots.get(head):
        yield snapshot
        head = snapshot["parent_id"]


def _snapshots(spark: SparkSession, table: str) -> list[Row]:
    return spark.sql(f"""
        select snapshot_id, parent_id, summary['batch-id'] as batch, cast(summary['fence'] as bigint) as fence
        from {table}.snapshots""").collect()


def create_branch(spark: SparkSession, table: str, branch: str, head: int | None) -> None:
    """Makes a branch of a snapshot, of nothing in an empty table; one of the same name starts again."""
    start = "" if head is None else f"as of version {head}"
    spark.sql(f"alter table {table} create or replace branch {identifier(branch)} {start} retain {RETENTION}")


def on_branch(table: str, branch: str) -> str:
    """A table's branch, as SQL and writers name it."""
    return f"{table}.{identifier(f'branch_{branch}')}"


def fast_forward(spark: SparkSession, table: str, branch: str) -> None:
    """Moves main to a branch's head; fails where main is no ancestor of it."""
    within = table.removeprefix(f"{CATALOG}.")
    spark.sql(f"call {CATALOG}.system.fast_forward({literal(within)}, 'main', {literal(branch)})").collect()


def drop_branch(spark: SparkSession, table: str, branch: str) -> None:
    """Drops a branch if it is there and can be dropped: one that stays is no harm and dies of its age."""
    with suppress(Exception):
        spark.sql(f"alter table {table} drop branch if exists {identifier(branch)}")


def drop_dead_branches(spark: SparkSession, table: str, batch: str, fence: int) -> None:
    """Drops what runs of a batch that is settled have left, and what those have left that its fence keeps out."""
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
    """Writes properties into the snapshots of SQL statements, which know no option for it."""
    context = spark._jvm.org.apache.iceberg.EnvironmentContext
    for name, value in marks.items():
        context.put(name, value)
    try:
        yield
    finally:
        for name in marks:
            context.remove(name)
