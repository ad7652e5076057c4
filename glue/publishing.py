"""Publishes a batch: on a branch of its silver table, then by one fast-forward of main."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from branches import Main, create_branch, drop_branch, drop_dead_branches, fast_forward, marked, on_branch, read_main
from conservation import expect_rows, rows_per_file
from errors import FencedOut, PipelineError
from partitioning import partition_of
from pyspark.sql import DataFrame
from pyspark.sql import functions as sf
from spec import SilverTable
from sql_text import identifier, listed, literal

ATTEMPTS = 10


@dataclass(frozen=True)
class Publication:
    """The rows of a batch's files that passed, and the table that they are published to."""

    table: str
    batch: str
    run: str
    fence: int
    staged: DataFrame
    rows: Mapping[str, int]
    layout: SilverTable
    reprocessed: frozenset[str] = frozenset()
    """Reprocessed files: their published version stays the same, so rows of repairs (`<key>#…`) stay."""

    @property
    def marks(self) -> dict[str, str]:
        """Properties of the snapshots."""
        return {"batch-id": self.batch, "fence": str(self.fence)}

    @property
    def branch(self) -> str:
        """Used by this run alone: another run of the batch has its own."""
        return f"batch_{self.batch}_{self.run}"


def publish(publication: Publication) -> None:
    """Replaces the rows of the files, and rows of their repairs, by the staged ones; once, however often it is called.
    If main moved meanwhile, it starts over. `FencedOut` if a newer batch was published, `RowsNotConserved` before main
    changes. If no file of the batch passed, nothing changes.
    """
    spark, table = publication.staged.sparkSession, publication.table
    for attempt in range(1, ATTEMPTS + 1):
        main = read_main(spark, table)
        if not _is_due(publication, main):
            break
        try:
            _publish_from(main, publication)
            break
        except Exception as error:
            drop_branch(spark, table, publication.branch)
            if attempt == ATTEMPTS or not _is_worth_another(publication, main, error):
                raise
    if publication.rows:
        drop_dead_branches(spark, table, publication.batch, publication.fence)


def _is_due(publication: Publication, main: Main) -> bool:
    if publication.batch in main.batches:
        return False
    if main.fence > publication.fence:
        raise FencedOut(publication.batch, publication.fence, main.fence)
    return len(publication.rows) > 0


def _publish_from(main: Main, publication: Publication) -> None:
    spark, table, branch = publication.staged.sparkSession, publication.table, publication.branch
    create_branch(spark, table, branch, main.head)
    _retract(publication)
    _append(publication)
    _expect_published(publication)
    fast_forward(spark, table, branch)


def _is_worth_another(publication: Publication, before: Main, error: Exception) -> bool:
    """In spite of an error the commit may have succeeded, or another run's commit may have caused the error."""
    if isinstance(error, PipelineError):
        return False
    now = read_main(publication.staged.sparkSession, publication.table)
    return publication.batch in now.batches or now.head != before.head or "CommitFailedException" in str(error)


def _retract(publication: Publication) -> None:
    doomed = _claimed(publication)
    if not doomed:
        return
    spark, target = publication.staged.sparkSession, on_branch(publication.table, publication.branch)
    with marked(spark, publication.marks):
        spark.sql(f"delete from {target} where landed_file in {listed(map(literal, doomed))}")


def _claimed(publication: Publication) -> Sequence[str]:
    """Files whose published rows are deleted: those of the batch and their repairs, `<key>#…`."""
    spark = publication.staged.sparkSession
    keys = sorted(publication.rows)
    # "$" follows "#": no repair of a key is beyond it. Data files outside of these bounds are not opened.
    among = sf.col("landed_file").between(keys[0], f"{keys[-1]}$")
    published = spark.table(on_branch(publication.table, publication.branch)).where(among)
    files = [row["landed_file"] for row in published.select("landed_file").distinct().collect()]
    replaced = publication.rows.keys() - publication.reprocessed
    return [file for file in files if file in publication.rows or _hangs_on(file, replaced)]


def _hangs_on(file: str, keys: Set[str]) -> bool:
    parts = file.split("#")
    return any("#".join(parts[:length]) in keys for length in range(1, len(parts)))


def _append(publication: Publication) -> None:
    """One row per staged row of the files; sorted by partition, then by the table's order, within tasks."""
    spark, layout = publication.staged.sparkSession, publication.layout
    target = on_branch(publication.table, publication.branch)
    kept = publication.staged.where(sf.col("landed_file").isin(list(publication.rows)))
    known = set(kept.columns)
    columns = [
        sf.col(identifier(field.name)) if field.name in known else sf.lit(None).cast(field.dataType).alias(field.name)
        for field in spark.table(target).schema.fields
    ]
    partition = [sf.expr(field.value) for field in partition_of(layout.get("partition"), known)]
    order = [*partition, *[sf.col(identifier(name)) for name in layout["order"]]]
    rows = kept.select(*columns)
    writer = (rows.sortWithinPartitions(*order) if order else rows).writeTo(target)
    # The rows are sorted: a writer has one file open at a time and need not sort again.
    writer = writer.option("use-table-distribution-and-ordering", "false").option("fanout-enabled", "false")
    for name, value in publication.marks.items():
        writer = writer.option(f"snapshot-property.{name}", value)
    writer.append()


def _expect_published(publication: Publication) -> None:
    branch = publication.staged.sparkSession.table(on_branch(publication.table, publication.branch))
    keys = sorted(publication.rows)
    theirs = sf.col("landed_file").between(keys[0], keys[-1]) & sf.col("landed_file").isin(keys)
    expect_rows(rows_per_file(branch.where(theirs)), publication.rows, "in the silver table")
