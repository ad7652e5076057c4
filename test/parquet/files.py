"""Parquet files of every type and writing, and what pyarrow reads of any file: `files.py write FOLDER COUNT SEED`, `files.py read FOLDER`."""

from __future__ import annotations

import datetime
import decimal
import json
import random
import struct
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Value = Callable[[], Any]
Kind = tuple[pa.DataType, Value]

DAY = 86_400
YEARS = (-62_135_596_800, 253_402_300_799)
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
TEXTS = [
    "",
    "a",
    "é😀",
    'quote"',
    "back\\slash",
    "line\nbreak",
    "\x01",
    " x ",
    "0012",
    "null",
    "\u2028",
    "\ufffd",
    "x" * 300,
]


class Writer:
    """Writes files that one seed makes."""

    def __init__(self, seed: int) -> None:
        self.rnd = random.Random(seed)
        self.is_int96 = False

    def pick(self, *values: Any) -> Any:
        return self.rnd.choice(values)

    def integer(self, least: int, most: int) -> Value:
        near = (max(least, -100), min(most, 100))
        return lambda: self.pick(least, most, 0, self.rnd.randint(least, most), self.rnd.randint(*near))

    def number(self, digits: int, scale: int) -> Value:
        def value() -> decimal.Decimal:
            most = 10 ** self.rnd.randint(1, digits) - 1
            return decimal.Decimal(self.rnd.randint(-most, most)).scaleb(-scale)

        return value

    def floating(self, form: str, integer_form: str, bits: int) -> Value:
        odd = [0, 1, 1 << (bits - 1), {16: 0x3C00, 32: 0x3DCCCCCD, 64: 0x3FB999999999999A}[bits]]

        def value() -> float:
            stored = self.pick(*odd, self.rnd.getrandbits(bits))
            return struct.unpack(form, struct.pack(integer_form, stored))[0]

        return value

    def moment(self, unit: str, zone: str | None) -> Kind:
        scale = PER_SECOND[unit]
        least, most = (-(2**63), 2**63 - 1) if unit == "ns" else (YEARS[0] * scale, (YEARS[1] + 1) * scale - 1)
        if self.is_int96:
            # pyarrow reads no others right.
            least, most = -(2**33) * scale, 2**33 * scale
        usual = 1_719_337_393 * scale
        value = lambda: self.pick(usual, usual - 1, -1, self.rnd.randint(least, most))  # noqa: E731
        return pa.timestamp(unit, zone), value

    def times(self) -> list[Kind]:
        def of_day(unit: str) -> Value:
            return lambda: self.rnd.randint(0, DAY * PER_SECOND[unit] - 1)

        return [(pa.time32("ms"), of_day("ms")), *((pa.time64(unit), of_day(unit)) for unit in ("us", "ns"))]

    def named(self) -> dict[str, list[Kind]]:
        """Columns that the test's manifest names, each with the types that it may have."""
        integers = {pa.int8(): 7, pa.int16(): 15, pa.int32(): 31, pa.int64(): 63}
        unsigned = {pa.uint8(): 8, pa.uint16(): 16, pa.uint32(): 32, pa.uint64(): 64}
        text = lambda: self.pick(*TEXTS)  # noqa: E731
        day = lambda: self.rnd.randint(YEARS[0] // DAY, YEARS[1] // DAY)  # noqa: E731
        price, note = (pa.decimal128(10, 2), self.number(10, 2)), (pa.string(), text)
        return {
            "n": [
                *((kind, self.integer(-(2**bits), 2**bits - 1)) for kind, bits in integers.items()),
                *((kind, self.integer(0, 2**bits - 1)) for kind, bits in unsigned.items()),
            ],
            "f": [
                (pa.float16(), self.floating("<e", "<H", 16)),
                (pa.float32(), self.floating("<f", "<I", 32)),
                (pa.float64(), self.floating("<d", "<Q", 64)),
            ],
            "ok": [(pa.bool_(), lambda: self.pick(True, False))],
            "name": [
                *((kind, text) for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()))),
                (pa.binary(), lambda: self.pick(b"ok", b"", b"\xff\x00")),
                (pa.uuid(), lambda: uuid.UUID(int=self.rnd.getrandbits(128)).bytes),
                *self.times(),
            ],
            "day": [(pa.date32(), day)],
            "at": [self.moment(unit, zone) for unit in PER_SECOND for zone in (None, "UTC", "Europe/Paris")],
            "paid": [
                (pa.decimal128(digits, scale), self.number(digits, scale))
                for digits, scale in ((5, 5), (9, 2), (18, 4), (38, 10))
            ],
            "tags": [self.listed((pa.string(), text))],
            "place": [self.grouped({"city": (pa.string(), text), "zip": (pa.int32(), self.integer(0, 99999))})],
            "items": [self.listed(self.grouped({"price": price, "note": note}))],
            "flat.name": [(pa.string(), text)],
        }

    def maybe(self, value: Value, share: float) -> Value:
        return lambda: None if self.rnd.random() < share else value()

    def listed(self, item: Kind) -> Kind:
        kind, value = item
        gaps = self.maybe(value, 0.2)
        of = self.pick(pa.list_, pa.large_list)(pa.field(self.pick("element", "item", "array"), kind))
        return of, lambda: [gaps() for _ in range(self.pick(0, 1, 2, 3, 10))]

    def grouped(self, members: dict[str, Kind]) -> Kind:
        gaps = {name: self.maybe(value, 0.2) for name, (_, value) in members.items()}
        fields = [pa.field(name, kind) for name, (kind, _) in members.items()]
        return pa.struct(fields), lambda: {name: value() for name, value in gaps.items()}

    def any_kind(self, depth: int = 0) -> Kind:
        """Columns that nobody names: all of the others, and what nests in one another."""
        form = self.rnd.random()
        if depth < 3 and form < 0.2:
            return self.listed(self.any_kind(depth + 1))
        if depth < 3 and form < 0.4:
            names = self.rnd.sample(["a", "b", "é x", "c.d", "key", "list", "array"], self.rnd.randint(1, 3))
            return self.grouped({name: self.any_kind(depth + 1) for name in names})
        if depth < 2 and form < 0.5:
            kind, value = self.any_kind(depth + 1)
            gaps = self.maybe(value, 0.2)
            keys = lambda: self.rnd.sample(["k1", "k2", "", 'k"3'], self.rnd.randint(0, 3))  # noqa: E731
            return pa.map_(pa.string(), kind), lambda: [(key, gaps()) for key in keys()]
        others = [
            (pa.binary(3), lambda: self.rnd.randbytes(3)),
            (pa.decimal256(50, 3), self.number(50, 3)),
            (pa.null(), lambda: None),
        ]
        return self.pick(*others, *(kind for kinds in self.named().values() for kind in kinds))

    def table(self) -> pa.Table:
        self.is_int96 = self.rnd.random() < 0.1
        rows = self.pick(0, 1, 2, 10, 100, 100, 500)
        named = self.named()
        chosen = {name: self.pick(*named[name]) for name in self.rnd.sample(list(named), self.rnd.randint(1, 6))}
        for at in range(self.rnd.randint(0, 2)):
            chosen[self.pick("x%d", "x%d.y", 'X %d"', "x'%d$", "ü%d") % at] = self.any_kind()
        fields, arrays = [pa.field("id", pa.int64(), nullable=False)], [pa.array(range(rows), pa.int64())]
        for name, (kind, value) in chosen.items():
            is_full = self.rnd.random() < 0.2 and kind != pa.null()
            gaps = value if is_full else self.maybe(value, self.pick(0, 0.1, 0.5, 0.95, 1))
            fields.append(pa.field(name, kind, nullable=not is_full))
            arrays.append(_array([gaps() for _ in range(rows)], kind))
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

    def options(self, table: pa.Table) -> dict[str, Any]:
        options = {
            "compression": self.pick("none", "snappy", "gzip", "brotli", "zstd", "lz4"),
            "version": self.pick("1.0", "2.4", "2.6", "2.6"),
            "data_page_version": self.pick("1.0", "2.0"),
            "use_dictionary": self.pick(True, False),
            "data_page_size": self.pick(None, 64, 1024),
            "row_group_size": self.pick(None, 50, 100) if table.num_rows > 10 else self.pick(None, 1, 7),
            "dictionary_pagesize_limit": self.pick(None, 32),
            "use_deprecated_int96_timestamps": self.is_int96,
        }
        for name in ("use_compliant_nested_type", "write_page_checksum", "write_page_index", "store_schema"):
            options[name] = self.pick(True, False)
        options["store_decimal_as_integer"] = self.pick(True, False)
        if not options["use_dictionary"] and self.pick(True, False):
            options["column_encoding"] = {
                field.name: self.pick(*_encodings(field.type)) for field in table.schema if _encodings(field.type)
            }
        return options

    def write(self, path: Path) -> None:
        while True:
            try:
                table = self.table()
                pq.write_table(table, path, allow_truncated_timestamps=True, **self.options(table))
                return
            except (pa.ArrowException, OSError, ValueError):
                # Not everything can be combined.
                continue


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if kind == pa.uuid():
        return pa.ExtensionArray.from_storage(kind, pa.array(values, pa.binary(16)))
    return pa.array(values, kind)


def _encodings(kind: pa.DataType) -> list[str]:
    if pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        return ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]
    if pa.types.is_float32(kind) or pa.types.is_float64(kind):
        return ["PLAIN", "BYTE_STREAM_SPLIT"]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind):
        return ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]
    return ["PLAIN", "RLE"] if pa.types.is_boolean(kind) else []


def read(path: Path) -> list[dict[str, Any]]:
    """Rows as pyarrow reads them, each value a pair of a kind and its text."""
    table = pq.read_table(path)
    columns = {name: values(column) for name, column in zip(table.schema.names, table.columns, strict=True)}
    return [{name: column[at] for name, column in columns.items()} for at in range(table.num_rows)]


def values(column: Any) -> list[Any]:
    """What JSON can hold of the values of a column, exactly."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = array.type
    if isinstance(kind, pa.UuidType):
        return _each(array, lambda value: ["text", str(uuid.UUID(bytes=value.value.as_py()))])
    if pa.types.is_dictionary(kind):
        return values(array.dictionary_decode())
    if pa.types.is_map(kind):
        keys, items = values(array.keys), values(array.items)
        return _lists(array, [{"key": key, "value": item} for key, item in zip(keys, items, strict=True)])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _lists(array, values(array.values))
    if pa.types.is_struct(kind):
        members = {kind.field(at).name: values(array.field(at)) for at in range(kind.num_fields)}
        there = array.is_valid().to_pylist()
        return [
            {name: held[at] for name, held in members.items()} if is_there else None
            for at, is_there in enumerate(there)
        ]
    return _each(array, lambda value: _scalar(value, kind))


def _each(array: pa.Array, of: Callable[[Any], Any]) -> list[Any]:
    return [of(value) if value.is_valid else None for value in array]


def _lists(array: pa.Array, elements: list[Any]) -> list[Any]:
    offsets, there = array.offsets.to_pylist(), array.is_valid().to_pylist()
    return [elements[offsets[at] : offsets[at + 1]] if is_there else None for at, is_there in enumerate(there)]


def _scalar(value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        return ["text", _moment(value.value, kind)]
    if pa.types.is_floating(kind):
        form = {16: "<e", 32: "<f", 64: "<d"}[kind.bit_width]
        return [f"float{kind.bit_width}", struct.pack(form, value.as_py()).hex()]
    plain = value.as_py()
    match plain:
        case bool():
            pair = ["bool", plain]
        case int() | decimal.Decimal():
            pair = ["number", format(plain, "f") if isinstance(plain, decimal.Decimal) else str(plain)]
        case datetime.date():
            pair = ["text", plain.isoformat()]
        case _:
            pair = ["text", _text(plain, pa.types.is_fixed_size_binary(kind))]
    return pair


def _text(plain: str | bytes, is_fixed: bool) -> str:
    if isinstance(plain, str):
        return plain
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        text = "\0"
    return f"0x{plain.hex()}" if is_fixed or "\0" in text else text


def _moment(value: int, kind: pa.DataType) -> str:
    seconds, rest = divmod(value, PER_SECOND[kind.unit])
    days, clock = divmod(seconds, DAY)
    fraction = f".{rest:0{len(str(PER_SECOND[kind.unit])) - 1}d}".rstrip("0") if rest else ""
    text = f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}{fraction}"
    if pa.types.is_time(kind):
        return text
    return f"{(datetime.date(1970, 1, 1) + datetime.timedelta(days=days)).isoformat()} {text}"


def main(command: str, folder: Path, count: int = 0, seed: int = 0) -> None:
    if command == "write":
        writer = Writer(seed)
        for at in range(count):
            writer.write(folder / f"arrow{at}.parquet")
        return
    for path in sorted(folder.glob("*.parquet")):
        try:
            rows = read(path)
        except (OSError, pa.ArrowException):
            # What pyarrow itself cannot read, such as another writer's deltas of no value: there is nothing to compare with.
            path.unlink()
            continue
        path.with_suffix(".json").write_text(json.dumps(rows))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
