"""Failures of a job: what to do about them, without any values of rows."""

from __future__ import annotations

import re

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException, ParseException

# These messages come from a statement's text, before any row was read.
OF_STATEMENTS = (AnalysisException, ParseException)


class PipelineError(Exception):
    """The work could not be done."""


class MissingFile(PipelineError):
    """A file of the spec is no longer in the lake."""

    def __init__(self, key: str, version: str | None = None) -> None:
        which = f"{key} (version {version})" if version else key
        super().__init__(f"{which} is gone from the lake; land it again")


class UnreadableFile(PipelineError):
    """Spark could not read a file with the validator's facts."""

    def __init__(self, keys: list[str], reason: str) -> None:
        super().__init__(f"cannot read {', '.join(keys)} as it was validated; validate it again: {reason}")


class RowsNotConserved(PipelineError):
    """Rows were lost or doubled; the run changes nothing."""

    def __init__(self, file: str, expected: int, found: int, where: str) -> None:
        super().__init__(f"{file}: {found} rows {where}, {expected} expected; the run stops and changes nothing")


class SpecMismatch(PipelineError):
    """The spec, its SQL, the ruleset and the table do not fit together."""


class FencedOut(PipelineError):
    """A newer batch of the dataset was published; this one is too late."""

    def __init__(self, batch: str, fence: int, newer: int) -> None:
        super().__init__(
            f"batch {batch} holds fence {fence}, but fence {newer} has published already; open a new batch"
        )


class NotPublished(PipelineError):
    """A quality run checked whether its batch was published, and no run has done it. Callers recognize the first words
    of the message.
    """

    def __init__(self, cause: BaseException) -> None:
        reason = str(cause) if isinstance(cause, PipelineError) else without_values(cause)
        super().__init__(f"not published: {reason}")


class RunFailed(PipelineError):
    """The engine's own message."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(without_values(cause))


def without_values(error: BaseException) -> str:
    """The first line of an engine's message, without values of rows, which may be personal."""
    message = _innermost(error)
    if not isinstance(error, OF_STATEMENTS):
        message = re.sub(r"(['\"]).*\1", "…", message, flags=re.DOTALL)
        message = re.sub(r"(?<=\] )\S+(?= cannot be represented)", "…", message)
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _innermost(error: BaseException) -> str:
    """Spark's message says which of its jobs stopped; the reason is the last of its causes."""
    if not isinstance(error, Py4JJavaError):
        return str(error)
    cause = error.java_exception
    while cause.getCause() is not None:
        cause = cause.getCause()
    return cause.getMessage() or cause.getClass().getSimpleName()
