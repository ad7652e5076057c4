"""Parquet as texts; files whose columns differ in type are read apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from landed_columns import Column, landed_type, top_of, value_type
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql.types import ArrayType, DataType, DoubleType, FloatType, MapType, StructType

FOOTERS_AT_ONCE = 8

Path = tuple[str, ...]


@dataclass(frozen=True)
class ParquetShape:
    """Files with the same columns of the same types; `nanos` are the moments that Spark knows as numbers only, `zoned` those of UTC."""

    paths: tuple[str, ...]
    schema: StructType
    nanos: frozenset[Path]
    zoned: frozenset[Path]


def parquet_shapes(spark: SparkSession, paths: list[str], tops: set[str]) -> list[ParquetShape]:
    """Groups files by the types of the named top columns, without those that nobody asks for, which Spark might not know."""
    with ThreadPoolExecutor(FOOTERS_AT_ONCE) as pool:
        footers = list(pool.map(lambda path: _footer(spark, path, tops), paths))
    alike: dict[str, list[int]] = {}
    for at, footer in enumerate(footers):
        alike.setdefault(footer.toString(), []).append(at)
    return [_shape(spark, footers[all[0]], tuple(paths[at] for at in all)) for all in alike.values()]


def read_parquet(spark: SparkSession, shape: ParquetShape, paths: Iterable[str]) -> DataFrame:
    """Grain: one row per record, its columns as they are typed."""
    return spark.read.schema(shape.schema).parquet(*paths)


def parquet_columns(shape: ParquetShape, columns: tuple[Column, ...], others: list[str]) -> list[SparkColumn]:
    """The landed columns of such rows as texts, then `unknown_fields`; a column that a file lacks is NULL."""
    known = [_member(shape, column, None, shape.schema, ()).alias(column.key) for column in columns]
    present = [name for name in others if name in shape.schema.names]
    missing = sf.lit(None).cast("string")
    texts = [_other_text(shape, name).alias(name) for name in present]
    unknown = sf.to_json(sf.struct(*texts), {"ignoreNullFields": "false"}) if texts else missing
    return [*known, unknown.alias("unknown_fields")]


def other_columns(header: list[str], columns: tuple[Column, ...]) -> list[str]:
    """Top columns of a file that the manifest does not name."""
    known = {column.key for column in columns}
    return [name for name in dict.fromkeys(map(top_of, header)) if name not in known]


def _member(
    shape: ParquetShape, column: Column, held: SparkColumn | None, members: DataType, before: Path
) -> SparkColumn:
    """A member of a record, or of an object `held` in it."""
    if not isinstance(members, StructType) or column.key not in members.names:
        return sf.lit(None).cast(landed_type([column])[0].dataType)
    value = sf.col(_quoted(column.key)) if held is None else held.getField(column.key)
    kind, path = members[column.key].dataType, (*before, column.key)
    if column.is_array and isinstance(kind, ArrayType):
        element = kind.elementType
        return sf.transform(value, lambda item: _value(shape, column, item, element, (*path, "[]")))
    return _value(shape, column, value, kind, path)


def _value(shape: ParquetShape, column: Column, value: SparkColumn, kind: DataType, path: Path) -> SparkColumn:
    if not column.members:
        text = _text(shape, value, path)
        return sf.when(text != "", text).cast(value_type(column))
    return sf.struct(*(_member(shape, member, value, kind, path).alias(member.key) for member in column.members))


def _text(shape: ParquetShape, value: SparkColumn, path: Path) -> SparkColumn:
    moment = sf.timestamp_micros(sf.floor(value / 1000)) if path in shape.nanos else value
    return moment.cast("string")


def _other_text(shape: ParquetShape, name: str) -> SparkColumn:
    value, kind = sf.col(_quoted(name)), shape.schema[name].dataType
    if isinstance(kind, (StructType, ArrayType, MapType)):
        return sf.to_json(value, {"ignoreNullFields": "false"})
    if isinstance(kind, (FloatType, DoubleType)):
        # Java writes 12345678.9 as 1.23456789E7.
        return _shortest(value.cast("string"))
    text = _text(shape, value, (name,))
    return sf.concat(text, sf.lit("+00")) if (name,) in shape.zoned else text


@sf.udf("string")
def _shortest(text: str | None) -> str | None:
    return None if text is None else repr(float(text))


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _footer(spark: SparkSession, path: str, tops: set[str]) -> Any:
    jvm, conf = spark._jvm, spark._jsc.hadoopConfiguration()
    file = jvm.org.apache.parquet.hadoop.util.HadoopInputFile.fromPath(jvm.org.apache.hadoop.fs.Path(path), conf)
    reader = jvm.org.apache.parquet.hadoop.ParquetFileReader.open(file)
    try:
        schema = reader.getFileMetaData().getSchema()
    finally:
        reader.close()
    fields = [field for field in schema.getFields() if field.getName() in tops]
    return jvm.org.apache.parquet.schema.MessageType("landed", fields)


def _shape(spark: SparkSession, footer: Any, paths: tuple[str, ...]) -> ParquetShape:
    parquet = spark._jvm.org.apache.spark.sql.execution.datasources.parquet
    converter = parquet.ParquetToSparkSchemaConverter(spark._jsparkSession.sessionState().conf())
    schema = StructType.fromJson(json.loads(converter.convert(footer).json()))
    kinds = [str(leaf.getPrimitiveType().getLogicalTypeAnnotation()) for leaf in footer.getColumns()]
    moments = [pair for pair in zip(_leaves(schema, ()), kinds, strict=True) if pair[1].startswith("TIMESTAMP(")]
    nanos = frozenset(path for path, kind in moments if "NANOS" in kind)
    return ParquetShape(paths, schema, nanos, frozenset(path for path, kind in moments if kind.endswith(",true)")))


def _leaves(kind: DataType, path: Path) -> Iterator[Path]:
    """Paths to all values, in the order in which Parquet lists its columns."""
    if isinstance(kind, StructType):
        for field in kind.fields:
            yield from _leaves(field.dataType, (*path, field.name))
    elif isinstance(kind, ArrayType):
        yield from _leaves(kind.elementType, (*path, "[]"))
    elif isinstance(kind, MapType):
        yield from _leaves(kind.keyType, (*path, "key"))
        yield from _leaves(kind.valueType, (*path, "value"))
    else:
        yield path
