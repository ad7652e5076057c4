"""The files of a batch, grouped by how they are read: a few reads, however many files there are."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from conservation import expect_distinct_keys
from errors import SpecMismatch
from lake import Pinned
from landed_columns import top_of
from spec import Facts, SpecFile

MOST_READS = 8
"""Shapes of files that Spark reads itself, each with a scan in its plan; files of other shapes are read record by
record.
"""


@dataclass(frozen=True)
class LandedFile:
    """A file of the spec and its pinned name, which contains its index."""

    spec: SpecFile
    ordinal: int
    name: str

    @property
    def facts(self) -> Facts:
        """What the validator found out about the bytes that are read."""
        return self.spec["facts"]

    @property
    def pinned(self) -> Pinned:
        """The object that is read: the copy of the accepted records if there is one."""
        clean = self.spec.get("clean_key")
        if clean is not None:
            return Pinned(clean, None, self.name)
        is_gzip = self.facts["compression"] == "gzip"
        return Pinned(self.spec.get("object_key") or self.spec["key"], self.spec["version"], self.name, is_gzip)


@dataclass(frozen=True)
class ReadGroup:
    """Files that are read in the same way, in their own folder."""

    reader: str
    folder: str
    files: tuple[LandedFile, ...]

    @property
    def facts(self) -> Facts:
        """Facts of one file; what this reader needs of them is the same for all."""
        return self.files[0].facts


def group_files(files: list[SpecFile], columns: list[str]) -> list[ReadGroup]:
    """Groups the files of a spec; `SpecMismatch` for two versions of one key, whose rows could not be told apart."""
    expect_distinct_keys(files)
    shapes: dict[Hashable, list[int]] = {}
    for ordinal, file in enumerate(files):
        shapes.setdefault(_shape(file["facts"], columns), []).append(ordinal)
    groups = {}
    for shape, ordinals in _with_handful_of_reads(shapes, files).items():
        folder = f"{len(groups)}/"
        landed = tuple(_landed(files[ordinal], ordinal, folder) for ordinal in ordinals)
        groups[shape] = ReadGroup(shape[0], folder, landed)
    return list(groups.values())


def blamed(groups: list[ReadGroup], message: str) -> list[str]:
    """Keys of the files whose pinned names are in a message."""
    files = [file for group in groups for file in group.files]
    return [file.spec["key"] for file in files if f"landed/{file.name}" in message]


def is_read_by_lines(facts: Facts) -> bool:
    """Whether every record of a CSV file is one line that Spark keeps: it drops lines that have only blanks and control
    characters.
    """
    return not facts["multiline"] and len(facts["header"]) > 1 and facts["delimiter"] > " " and facts["quote"] > " "


def _shape(facts: Facts, columns: list[str]) -> tuple[Any, ...]:
    """Name of the reader, and the facts that it depends on."""
    kind, header = facts["format"], tuple(facts["header"])
    if kind == "parquet":
        raise SpecMismatch("a Parquet file must be read through its validated copy")
    if kind == "jsonl":
        return ("json_lines", *sorted(new_keys(header, columns)))
    if kind == "csv" and is_read_by_lines(facts):
        return ("csv_lines", facts["delimiter"], facts["quote"], header)
    if kind == "csv" and facts["line_end"] != "mixed" and facts["quote"] > " ":
        return ("csv_whole", facts["delimiter"], facts["quote"], facts["line_end"], header)
    return ("records",)


def new_keys(header: tuple[str, ...] | list[str], columns: list[str]) -> set[str]:
    """Top keys of JSON records that the manifest does not name, or that contain such a key."""
    known = set(columns)
    return {top_of(name) for name in header if name not in known}


def _with_handful_of_reads(
    shapes: dict[Hashable, list[int]], files: list[SpecFile]
) -> dict[tuple[Any, ...], list[int]]:
    def size(shape: tuple[Any, ...]) -> int:
        return sum(files[ordinal]["facts"]["bytes"] for ordinal in shapes[shape])

    kept = set(sorted(shapes, key=size, reverse=True)[:MOST_READS])
    merged: dict[tuple[Any, ...], list[int]] = {}
    for shape, ordinals in shapes.items():
        place = shape if shape in kept else ("records",)
        merged.setdefault(place, []).extend(ordinals)
    return merged


def _landed(file: SpecFile, ordinal: int, folder: str) -> LandedFile:
    return LandedFile(file, ordinal, f"{folder}{ordinal}.{file['facts']['format']}")
