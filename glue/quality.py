"""The quality job: validates a batch's staged rows file by file and publishes the rows of the files that passed."""

from __future__ import annotations

import sys

from arguments import read_options, say
from gate import settle
from lake import open_lake
from session import open_session


def main(argv: list[str]) -> None:
    """Runs the spec at `--spec`; its result is written last, after the rows are published."""
    options = read_options(argv)
    spark = open_session()
    lake, key = open_lake(options["spec"], spark)
    spec = lake.read_spec(key)
    result_key = f"runs/{spec['batch']}/quality.result.json"
    if lake.read_json(result_key) is None:
        result = settle(spark, lake, spec, options["JOB_RUN_ID"])
        lake.write_once(result_key, result)
        published = [file["rows"] for file in result["files"] if file["outcome"] == "published"]
        ids = [file["version"] for file in spec["files"]]
        say(
            options,
            "rows published",
            batch=spec["batch"],
            files=len(published),
            rows=sum(published),
            correlation_ids=ids,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
