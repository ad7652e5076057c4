"""The arguments of a job where Glue's own library is missing."""

from __future__ import annotations

from argparse import ArgumentParser
from uuid import uuid4


def resolve(argv: list[str], names: list[str]) -> dict[str, str]:
    """Options by name, as `awsglue.utils.getResolvedOptions` returns them, and the run's id, random if none was passed;
    other options are ignored.
    """
    parser = ArgumentParser(allow_abbrev=False)
    parser.add_argument("--JOB_RUN_ID", default=uuid4().hex)
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    known, _ = parser.parse_known_args(argv[1:])
    return vars(known)
