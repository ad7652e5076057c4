"""The arguments of a job, and what it says in the log."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from uuid import uuid4


def read_options(argv: list[str]) -> dict[str, str]:
    """`spec` and `JOB_RUN_ID`, and `correlation_id` if the run has one."""
    try:
        from awsglue.utils import getResolvedOptions as resolve  # noqa: N813
    except ImportError:
        resolve = _resolve
    names = ["spec", *(["correlation_id"] if "--correlation_id" in argv else [])]
    return resolve([__file__, *argv], names)


def say(options: dict[str, str], message: str, **facts: object) -> None:
    """One line of JSON, with the run and with the id that log lines of the functions have, too."""
    about = {name: options[name] for name in ("correlation_id", "JOB_RUN_ID") if name in options}
    print(json.dumps({"message": message, **about, **facts}))


def _resolve(argv: list[str], names: list[str]) -> dict[str, str]:
    """Options by name, as `awsglue.utils.getResolvedOptions` returns them, and the run's id, random if none was passed;
    other options are ignored. A laptop has no library of Glue.
    """
    parser = ArgumentParser(allow_abbrev=False)
    parser.add_argument("--JOB_RUN_ID", default=uuid4().hex)
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    known, _ = parser.parse_known_args(argv[1:])
    return vars(known)
