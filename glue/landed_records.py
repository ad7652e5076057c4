"""Reads files record by record in Spark's Python workers, if Spark's own readers would not read them exactly."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlparse

from landed_columns import Column
from spec import Facts

CHUNK = 2**20

Record = tuple[Any, ...]


@dataclass(frozen=True)
class RecordFile:
    """A pinned file; `new` are known keys that also go into its records' `unknown_fields`, as all unknown keys do."""

    ordinal: int
    path: str
    facts: Facts
    new: frozenset[str]


def read_files(files: Iterable[RecordFile], columns: tuple[Column, ...]) -> Iterator[Record]:
    """Grain: one tuple per record: its file's index, its columns and its `unknown_fields`; memory stays constant."""
    for file in files:
        try:
            with tempfile.TemporaryDirectory() as folder, _open(file, Path(folder)) as text:
                for record in _records(file, columns, text):
                    yield (file.ordinal, *record)
        except Exception as error:
            raise ValueError(f"cannot read {file.path}: {type(error).__name__}") from error


def json_record(columns: tuple[Column, ...], new: frozenset[str]) -> Callable[[dict[str, Any]], Record]:
    """Turns a parsed record into its columns and `unknown_fields`, which also contains a known object if it has a new
    key.
    """
    known = frozenset(column.key for column in columns) - new

    def of(record: dict[str, Any]) -> Record:
        others = {key: _text(value) for key, value in record.items() if key not in known}
        unknown = _dump(others) if others else None
        return (*(_member(column, record.get(column.key)) for column in columns), unknown)

    return of


DECODER = json.JSONDecoder(parse_float=str, parse_int=str)
"""Numbers stay the texts in which they are written."""


def _records(file: RecordFile, columns: tuple[Column, ...], text: TextIO) -> Iterator[Record]:
    if file.facts["format"] == "csv":
        return _csv_records(file.facts, columns, text)
    records = _lines(text) if file.facts["format"] == "jsonl" else _elements(text)
    return map(json_record(columns, file.new), records)


def _csv_records(facts: Facts, columns: tuple[Column, ...], text: TextIO) -> Iterator[Record]:
    csv.field_size_limit(sys.maxsize)
    header = facts["header"]
    places = {name: place for place, name in enumerate(header)}
    known = {column.key for column in columns}
    at = [places.get(column.key) for column in columns]
    others = [(name, place) for name, place in places.items() if name not in known]
    rows = csv.reader(text, delimiter=facts["delimiter"], quotechar=facts["quote"], strict=True)
    next(rows)
    for row in rows:
        if len(row) != len(header):
            raise ValueError("a record has another number of fields than the header")
        unknown = _dump({name: row[place] or None for name, place in others}) if others else None
        yield (*(None if place is None else row[place] or None for place in at), unknown)


def _lines(text: TextIO) -> Iterator[dict[str, Any]]:
    return (DECODER.decode(line) for line in text)


def _elements(text: TextIO) -> Iterator[dict[str, Any]]:
    """Objects of an array; memory holds no more than one object and a chunk."""
    gap = re.compile(r"[\s,\[]*")
    held, size = "", CHUNK
    while chunk := text.read(size):
        held += chunk
        at = 0
        while (start := gap.match(held, at).end()) < len(held) and held[start] != "]":
            try:
                element, at = DECODER.raw_decode(held, start)
            except json.JSONDecodeError:
                break
            yield element
        held = held[at:]
        # An object longer than a chunk is parsed again only when its text has doubled.
        size = max(CHUNK, len(held))
    if held.strip(" \t\r\n,[") != "]":
        raise ValueError("the file ends inside its array")


def _open(file: RecordFile, folder: Path) -> TextIO:
    path = _fetched(file.path, folder)
    newline = "\n" if file.facts["format"] == "jsonl" else ""
    return path.open(encoding="utf-8-sig", newline=newline)


def _fetched(path: str, folder: Path) -> Path:
    parsed = urlparse(path)
    if parsed.scheme != "s3":
        return Path(path)
    # Each worker loads it once, which takes a second, and most never need it.
    import boto3

    with (folder / "object").open("wb") as file:
        body = boto3.client("s3").get_object(Bucket=parsed.netloc, Key=parsed.path.lstrip("/"))["Body"]
        shutil.copyfileobj(body, file, CHUNK)
    return folder / "object"


def _member(column: Column, value: Any) -> Any:
    if not column.is_array:
        return _value(column, value)
    return None if value is None else [_value(column, element) for element in value]


def _value(column: Column, value: Any) -> Any:
    if not column.members:
        return _text(value) or None
    held = value or {}
    return tuple(_member(member, held.get(member.key)) for member in column.members)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _dump(value)


def _dump(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _ESCAPE.sub(_capital, text) if "\\u" in text else text


_ESCAPE = re.compile(r"\\(?:u(....)|.)")


def _capital(escape: re.Match[str]) -> str:
    """Control characters as the other engines write them, `\\u001F`."""
    return escape[0] if escape[1] is None else f"\\u{escape[1].upper()}"
