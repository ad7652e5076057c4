"""Keeps the bytes of files unchanged while they are read, and says which file could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from errors import PipelineError, RunFailed, UnreadableFile, without_values
from lake import Lake
from landed_files import ReadGroup, blamed


@contextmanager
def pinned(lake: Lake, groups: list[ReadGroup], folder: str) -> Iterator[None]:
    """Copies all files to `folder` for the time of the work; an error about one names its key, never a path or a value."""
    try:
        lake.pin([file.pinned for group in groups for file in group.files], folder)
        yield
    except PipelineError:
        raise
    except Exception as error:
        keys = blamed(groups, str(error))
        raise (UnreadableFile(keys, _reason(error)) if keys else RunFailed(error)) from error
    finally:
        lake.remove(folder)


def _reason(error: Exception) -> str:
    """Spark's name for the error; the rest of its message may contain a whole record."""
    named = re.search(r"\[([A-Z][A-Z0-9_.]+)\]", without_values(error))
    return named[1] if named else "its records do not fit these facts"
