"""Runs a script as a job of one test file's lake, in a session that the tests of other files use, too.

`<JSON of settings and environment> <script> <arguments …>`: sessions that the script opens have these settings, and it,
Spark's workers and all that they start have these variables. Afterwards nothing of them is left.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import MutableMapping
from pathlib import Path

from pyspark.sql import SparkSession


def main(argv: list[str]) -> None:
    lake, script, *given = argv
    settings, environment = json.loads(lake).values()
    context = SparkSession.builder.getOrCreate().sparkContext
    variables, workers, new_session = dict(os.environ), dict(context.environment), SparkSession.newSession

    def session_in_lake(parent: SparkSession) -> SparkSession:
        session = new_session(parent)
        for name, value in settings.items():
            session.conf.set(name, value)
        return session

    folder = str(Path(script).parent)
    sys.path.insert(0, folder)
    try:
        SparkSession.newSession = session_in_lake
        os.environ.update(environment)
        context.environment.update(environment)
        runpy.run_path(script, run_name="job")["main"](given)
    finally:
        SparkSession.newSession = new_session
        restore(os.environ, variables)
        restore(context.environment, workers)
        sys.path.remove(folder)


def restore(names: MutableMapping[str, str], before: dict[str, str]) -> None:
    names.clear()
    names.update(before)
