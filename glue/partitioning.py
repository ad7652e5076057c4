"""How a silver table is partitioned, from texts such as `days(listen_time)` or `bucket(16, user_id), region`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from errors import SpecMismatch
from session import CATALOG
from sql_text import identifier

TIMES = {"year": "years", "month": "months", "day": "days", "date": "days", "hour": "hours", "date_hour": "hours"}
WIDE = {"bucket", "truncate"}


@dataclass(frozen=True)
class Transform:
    """One field of a partition: a column, or a function of it."""

    column: str
    function: str | None = None
    width: int | None = None

    @property
    def definition(self) -> str:
        """In the syntax of `PARTITIONED BY`."""
        return self._written("")

    @property
    def value(self) -> str:
        """The expression for a row's partition."""
        return self._written(f"{CATALOG}.system.")

    def _written(self, prefix: str) -> str:
        column = identifier(self.column)
        if self.function is None:
            return column
        width = "" if self.width is None else f"{self.width}, "
        return f"{prefix}{self.function}({width}{column})"


def partition_of(text: str | None, columns: Iterable[str]) -> list[Transform]:
    """The fields of a partition in order; `SpecMismatch` if Iceberg does not know one, or the table lacks its column."""
    fields = re.findall(r"[^(),]+(?:\([^()]*\))?", text or "")
    found = [_transform(field.strip()) for field in fields if field.strip()]
    unknown = {field.column for field in found} - set(columns)
    if unknown:
        raise SpecMismatch(f"the table has no column {', '.join(sorted(unknown))} to be partitioned by")
    return found


def _transform(text: str) -> Transform:
    plain = text.replace("`", "").replace('"', "")
    if re.fullmatch(r"\w+", plain):
        return Transform(plain)
    call = re.fullmatch(r"(\w+)\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)", plain)
    name = call and TIMES.get(call[1].lower(), call[1].lower())
    if call and name in TIMES.values() and call[3] is None:
        return Transform(call[2], name)
    if call and name in WIDE and call[3] is not None:
        width, column = (call[2], call[3]) if call[2].isdigit() else (call[3], call[2])
        return Transform(column, name, int(width))
    raise SpecMismatch(f"{text} is not a valid partition: use years, months, days, hours, bucket, truncate or a column")
