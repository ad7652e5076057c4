"""The quality job: validates a batch's staged rows file by file and publishes the rows of the files that passed."""

from __future__ import annotations

import sys

from gate import settle
from lake import open_lake
from session import open_session


def main(argv: list[str]) -> None:
    """Runs the spec at `--spec`; its result is written last, after the rows are published."""
    try:
        from awsglue.utils import getResolvedOptions as resolve  # noqa: N813
    except ImportError:
        from arguments import resolve
    options = resolve([__file__, *argv], ["spec"])
    spark = open_session()
    lake, key = open_lake(options["spec"], spark)
    spec = lake.read_spec(key)
    result_key = f"runs/{spec['batch']}/quality.result.json"
    if lake.read_json(result_key) is None:
        result = settle(spark, lake, spec, options["JOB_RUN_ID"])
        lake.write_once(result_key, result)
        published = [file["rows"] for file in result["files"] if file["outcome"] == "published"]
        print(f"published {sum(published)} rows of {len(published)} of {len(result['files'])} files")


if __name__ == "__main__":
    main(sys.argv[1:])
