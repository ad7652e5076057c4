"""A dataset's silver table: creates it, and changes it when its model changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from errors import SpecMismatch
from partitioning import Transform, partition_of
from pyspark.sql import SparkSession
from pyspark.sql.types import DataType, DecimalType
from spec import SilverTable
from sql_text import identifier, listed

PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "write.distribution-mode": "none",
    # Keys are longer than the texts in column metrics, by which a file's rows are found.
    "write.metadata.metrics.column.landed_file": "full",
    # Each publish writes a metadata file; Glue's optimisers delete old snapshots, but not these.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}

TYPES = {
    "bigint": "bigint",
    "integer": "int",
    "int": "int",
    "smallint": "int",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp_ntz",
    "double precision": "double",
    "double": "double",
    "real": "float",
    "varchar": "string",
    "char": "string",
    "text": "string",
    "decimal": "decimal",
    "numeric": "decimal",
}

WIDER = {("int", "bigint"), ("float", "double")}


def spark_type(portable: str) -> str:
    """Spark's type for a portable one; texts have no limit in the table, because rows were checked before."""
    parsed = re.fullmatch(r"([a-z ]+?)\s*(\([\d, ]*\))?", portable.strip().lower())
    found = parsed and TYPES.get(parsed[1])
    if not parsed or not found or (found == "decimal" and not parsed[2]):
        raise SpecMismatch(f"silver tables have no type {portable}")
    return f"decimal{parsed[2].replace(' ', '')}" if found == "decimal" else found


def prepare_silver(spark: SparkSession, name: str, table: SilverTable) -> None:
    """Creates a silver table, or changes an older one to fit its model: a new column is added (NULL in old rows), a
    type is widened; a removed column stays and gets NULL. `SpecMismatch` for another change of type or of the
    partition: then the table must be created again.
    """
    wanted = {column["name"]: spark_type(column["type"]) for column in table["columns"]}
    partition = partition_of(table.get("partition"), wanted)
    if not spark.catalog.tableExists(name):
        _create(spark, name, wanted, partition)
    _expect_partition(spark, name, partition)
    _evolve(spark, name, wanted)
    _set_properties(spark, name)


def _create(spark: SparkSession, name: str, columns: Mapping[str, str], partition: Sequence[Transform]) -> None:
    defined = listed(f"{identifier(column)} {kind}" for column, kind in columns.items())
    parts = f"partitioned by {listed(field.definition for field in partition)}" if partition else ""
    properties = listed(f"'{key}' = '{value}'" for key, value in PROPERTIES.items())
    try:
        spark.sql(f"create namespace if not exists {name.rpartition('.')[0]}")
        spark.sql(f"create table if not exists {name} {defined} using iceberg {parts} tblproperties {properties}")
    except Exception:
        # Another run may have created it at the same moment.
        if not spark.catalog.tableExists(name):
            raise


def _expect_partition(spark: SparkSession, name: str, wanted: Sequence[Transform]) -> None:
    live = _live_partition(spark, name)
    if live != list(wanted):
        shown = [", ".join(field.definition for field in fields) or "nothing" for fields in (live, wanted)]
        raise SpecMismatch(
            f"{name} is partitioned by {shown[0]}, its model by {shown[1]}; drop the table and replay its files, or set the model back"
        )


def _live_partition(spark: SparkSession, name: str) -> list[Transform]:
    rows = spark.sql(f"describe table {name}").collect()
    titles = [row["col_name"] for row in rows]
    columns = titles[: next((at for at, title in enumerate(titles) if title in {"", "# Partition Information"}), None)]
    functions = [
        row["data_type"] for row in rows if re.fullmatch(r"Part \d+", row["col_name"]) and row["comment"] == ""
    ]
    plain = titles[titles.index("# col_name") + 1 :] if "# col_name" in titles else []
    return partition_of(", ".join(functions or plain), columns)


def _evolve(spark: SparkSession, name: str, wanted: Mapping[str, str]) -> None:
    live = {field.name: field.dataType for field in spark.table(name).schema.fields}
    added = {column: kind for column, kind in wanted.items() if column not in live}
    changed = {column: kind for column, kind in wanted.items() if column in live and _is_changed(live[column], kind)}
    for column, kind in changed.items():
        if not _is_wider(live[column].simpleString(), kind):
            raise SpecMismatch(
                f"{name}.{column} is {live[column].simpleString()}, its model says {kind}, which old rows cannot take; "
                "give the column a new name, or drop the table and replay its files"
            )
    if added:
        columns = listed(f"{identifier(column)} {kind}" for column, kind in added.items())
        spark.sql(f"alter table {name} add columns {columns}")
    for column, kind in changed.items():
        spark.sql(f"alter table {name} alter column {identifier(column)} type {kind}")


def _set_properties(spark: SparkSession, name: str) -> None:
    """A table that an older version created lacks what was added since."""
    live = {row["key"]: row["value"] for row in spark.sql(f"show tblproperties {name}").collect()}
    lacking = {key: value for key, value in PROPERTIES.items() if live.get(key) != value}
    if lacking:
        changes = listed(f"'{key}' = '{value}'" for key, value in lacking.items())
        spark.sql(f"alter table {name} set tblproperties {changes}")


def _is_changed(live: DataType, wanted: str) -> bool:
    """A table that a newer model has widened already accepts the rows of an older one."""
    return live.simpleString() != wanted and not _is_wider(wanted, live.simpleString())


def _is_wider(narrow: str, wide: str) -> bool:
    if narrow.startswith("decimal") and wide.startswith("decimal"):
        old, new = DecimalType(*_digits(narrow)), DecimalType(*_digits(wide))
        return old.scale == new.scale and old.precision < new.precision
    return (narrow, wide) in WIDER


def _digits(decimal: str) -> tuple[int, int]:
    precision, _, scale = decimal.removeprefix("decimal(").removesuffix(")").partition(",")
    return int(precision), int(scale or 0)
