"""Columns of landed records: every value a text, nested where records are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql.types import ArrayType, DataType, StringType, StructField, StructType


@dataclass(frozen=True)
class Column:
    """A key of a record: a text if it has no members, else an object; or an array of either."""

    key: str
    is_array: bool = False
    members: tuple[Column, ...] = ()


def nested_columns(names: Iterable[str]) -> tuple[Column, ...]:
    """The top columns of paths such as `address.city`, `tags[]` or `items[].price`, in their order."""
    return _columns([name.split(".") for name in names])


def plain_columns(names: Iterable[str]) -> tuple[Column, ...]:
    """Columns of a format with flat records, in which a name is not a path."""
    return tuple(Column(name) for name in names)


def top_of(name: str) -> str:
    """The first key of a path."""
    return name.split(".", 1)[0].removesuffix("[]")


def landed_type(columns: Iterable[Column]) -> StructType:
    """A row of such columns."""
    return StructType([StructField(column.key, _type(column)) for column in columns])


def value_type(column: Column) -> DataType:
    """The type of a column, or of each element of its array."""
    return landed_type(column.members) if column.members else StringType()


def _columns(paths: list[list[str]]) -> tuple[Column, ...]:
    members: dict[str, list[list[str]]] = {}
    for first, *rest in paths:
        members.setdefault(first, []).append(rest)
    return tuple(
        Column(first.removesuffix("[]"), first.endswith("[]"), _columns([path for path in rests if path]))
        for first, rests in members.items()
    )


def _type(column: Column) -> DataType:
    return ArrayType(value_type(column)) if column.is_array else value_type(column)
