"""Does what its argument says, so that a test can look at it meanwhile."""

from __future__ import annotations

import os
import time

from pyspark.sql import SparkSession


class Broken(Exception):
    """Raised on request."""


def main(argv: list[str]) -> None:
    given = dict(zip(argv[::2], argv[1::2], strict=True))
    print(f"process {os.getpid()} works on {given['--JOB_RUN_ID']}")
    spark = SparkSession.builder.getOrCreate()
    match given["--do"]:
        case "count":
            print(f"counted {spark.range(5).count()}, LAKE is {os.environ.get('LAKE')}")
        case "pause":
            time.sleep(1)
        case "break":
            raise Broken(given["--why"])
        case "break in Java":
            spark.sql("select raise_error('no such luck')").collect()
        case "linger":
            time.sleep(600)
        case "linger in Java":
            spark.sql("select java_method('java.lang.Thread', 'sleep', 600000L)").collect()
