"""The contract with the functions: what a spec says and a result answers, as `functions/pipeline/spec.ts` has it; a test compares the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from typing import NotRequired


class Column(TypedDict):
    """A column of a table, with its portable type."""

    name: str
    type: str


class SilverTable(TypedDict):
    """How a silver table is laid out."""

    key: list[str]
    partition: NotRequired[str]
    order: list[str]
    columns: list[Column]


class Facts(TypedDict):
    """What validation found out about the bytes that are read."""

    format: Literal["csv", "jsonl", "json", "parquet"]
    compression: Literal["none", "gzip"]
    bom: bool
    delimiter: str
    quote: str
    header: list[str]
    line_end: Literal["lf", "crlf", "mixed"]
    multiline: bool
    records: int
    bytes: int
    sha256: str


class SpecFile(TypedDict):
    """A file of a batch."""

    key: str
    version: str
    object_key: NotRequired[str]
    clean_key: NotRequired[str]
    reprocessed: NotRequired[bool]
    landed_at: str
    facts: Facts


class TransformSpec(TypedDict):
    """`runs/<batch>/transform.spec.json`."""

    kind: Literal["transform"]
    batch: str
    dataset: str
    fence: int
    manifest_sha256: str
    files: list[SpecFile]
    columns: list[str]
    sources: NotRequired[dict[str, str]]
    sql: str
    table: SilverTable
    ruleset: NotRequired[str]
    made_by: NotRequired[str]


class StagedFile(TypedDict):
    """Rows read and rows staged of a file."""

    key: str
    version: str
    read: int
    staged: int


class TransformResult(TypedDict):
    """`runs/<batch>/transform.result.json`."""

    batch: str
    run: str
    staged: str
    files: list[StagedFile]


class Rule(TypedDict):
    """A rule as written."""

    number: int
    text: str


class Custom(TypedDict):
    """A statement of CustomSql, run once per file."""

    atom: int
    sql: str


class Examples(TypedDict):
    """A select of the rows that break a rule."""

    number: int
    sql: str


class CompiledRuleset(TypedDict):
    """A ruleset compiled to SQL."""

    rules: list[Rule]
    customs: list[Custom]
    outcomes: str
    examples: list[Examples]
    references: list[str]


class QualityFile(TypedDict):
    """A file of a batch whose rows are staged."""

    key: str
    version: str
    landed_at: str
    records: int
    staged: int
    reprocessed: NotRequired[bool]


class QualitySpec(TypedDict):
    """`runs/<batch>/quality.spec.json`."""

    kind: Literal["quality"]
    batch: str
    dataset: str
    fence: int
    files: list[QualityFile]
    staged: str
    ruleset: CompiledRuleset
    table: SilverTable
    pii: list[str]


class RuleViolation(TypedDict):
    """A rule that a file broke."""

    rule: str
    metric: str | None
    examples: list[dict[str, str | None]]


class FileResult(TypedDict):
    """What a quality run made of a file."""

    key: str
    version: str
    outcome: Literal["published", "rejected"]
    rows: int
    violations: list[RuleViolation]


class QualityResult(TypedDict):
    """`runs/<batch>/quality.result.json`."""

    batch: str
    run: str
    files: list[FileResult]


class TablesSpec(TypedDict):
    """`runs/<id>/tables.spec.json`."""

    kind: Literal["tables"]
    id: str
    tables: dict[str, SilverTable]


class TablesResult(TypedDict):
    """The silver tables that have the columns of their models."""

    id: str
    run: str
    tables: list[str]
