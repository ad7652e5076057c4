"""Names and values as Spark SQL writes them."""

from __future__ import annotations

from collections.abc import Iterable


def identifier(name: str) -> str:
    """An identifier in backticks, which also work where double quotes do not."""
    return f"`{name.replace('`', '``')}`"


def literal(text: str) -> str:
    """A text literal; Spark reads a backslash as an escape."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def listed(items: Iterable[str]) -> str:
    """A parenthesised list for `in` and for columns."""
    return f"({', '.join(items)})"
