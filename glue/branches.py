"""The branches of an Iceberg table and the snapshots of its main, which carry the batches that were published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pyspark.sql import SparkSession
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
    marks = spark.sql(f"""
        select snapshots.summary['batch-id'] as batch, cast(snapshots.summary['fence'] as bigint) as fence
        from {table}.history join {table}.snapshots on snapshots.snapshot_id = history.snapshot_id
        where history.is_current_ancestor and snapshots.summary['batch-id'] is not null""").collect()
    return Main(
        head=heads[0]["snapshot_id"] if heads else None,
        batches=frozenset(mark["batch"] for mark in marks),
        fence=max((mark["fence"] for mark in marks), default=0),
    )


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


def drop_branches(spark: SparkSession, table: str, prefix: str) -> None:
    """Drops the branches whose names begin so, as far as it can: what stays is no harm and dies of its age."""
    with suppress(Exception):
        names = [row["name"] for row in spark.sql(f"select name from {table}.refs where name <> 'main'").collect()]
        for name in names:
            if name.startswith(prefix):
                spark.sql(f"alter table {table} drop branch if exists {identifier(name)}")


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
