"""Writes what a variable is in the session's process and in Spark's workers."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "glue"))
from session import open_session


def main(argv: list[str]) -> None:
    name, answered = argv
    numbers = open_session().sparkContext.parallelize([1], 1)
    in_worker = numbers.map(lambda _: os.environ.get(name)).first()
    Path(answered).write_text(json.dumps([os.environ.get(name), in_worker]))
