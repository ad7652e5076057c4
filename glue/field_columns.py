"""Columns under the names of the manifest's fields, computed from columns under their names in the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from landed_columns import top_of
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as sf
from spec import TransformSpec

Held = Callable[[str], SparkColumn]
"""A member of a value, by its key."""


@dataclass(frozen=True)
class Step:
    """A key, and whether it holds an array."""

    key: str
    is_array: bool


@dataclass(frozen=True)
class Place:
    """The rest of a field's path, and of the path that it is read from."""

    name: tuple[Step, ...]
    source: tuple[Step, ...]


def source_names(spec: TransformSpec) -> list[str]:
    """The columns of a spec by their names, or paths, in the files."""
    sources = spec.get("sources") or {}
    return [sources.get(name, name) for name in spec["columns"]]


def as_fields(frame: DataFrame, spec: TransformSpec, is_nested: bool) -> DataFrame:
    """Grain: that of the frame, which has the file, the columns of the spec under their names in the files, and
    `unknown_fields`.
    """
    names, sources = spec["columns"], source_names(spec)
    if names == sources:
        return frame
    file, *held, unknown = frame.columns
    # By position: a column of the file may have the name of a column of the lake.
    by_place = frame.toDF(file, *(f"c{place}" for place in range(len(held))), unknown)
    tops = list(dict.fromkeys(map(top_of, sources))) if is_nested else sources
    steps = _path if is_nested else _name
    places = [Place(steps(name), steps(source)) for name, source in zip(names, sources, strict=True)]
    columns = [_member(own, lambda key: sf.col(f"c{tops.index(key)}")).alias(key) for key, own in _members(places)]
    return by_place.select(sf.col(f"`{file}`"), *columns, unknown)


def _path(name: str) -> tuple[Step, ...]:
    return tuple(Step(step.removesuffix("[]"), step.endswith("[]")) for step in name.split("."))


def _name(name: str) -> tuple[Step, ...]:
    return (Step(name, False),)


def _members(places: list[Place]) -> list[tuple[str, list[Place]]]:
    members: dict[str, list[Place]] = {}
    for place in places:
        members.setdefault(place.name[0].key, []).append(place)
    return list(members.items())


def _member(places: list[Place], held: Held, element: SparkColumn | None = None) -> SparkColumn:
    """Fields of one array are read from one array; `element` is its element."""
    first = places[0]
    if not first.name[0].is_array:
        return _value([Place(place.name[1:], place.source) for place in places], held, element)
    end = 1 + [step.is_array for step in first.source].index(True)
    inside = [Place(place.name[1:], place.source[end:]) for place in places]
    return sf.transform(_at(first.source[:end], held), lambda item: _value(inside, item.getField, item))


def _value(places: list[Place], held: Held, element: SparkColumn | None) -> SparkColumn:
    first = places[0]
    if first.name:
        return sf.struct(*(_member(own, held, element).alias(key) for key, own in _members(places)))
    return element if not first.source and element is not None else _at(first.source, held)


def _at(steps: tuple[Step, ...], held: Held) -> SparkColumn:
    first, *rest = steps
    value = held(first.key)
    for step in rest:
        value = value.getField(step.key)
    return value
