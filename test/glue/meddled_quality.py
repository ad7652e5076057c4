"""Runs the quality job and lets something happen at one moment of it: `<moment> <deed> <arguments of the job …>`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "glue"))
import gate
import publishing
import quality

# Before and after which function of which module.
MOMENTS: dict[str, tuple[Any, str, bool]] = {
    "before-verdicts": (gate, "validate", True),
    "before-append": (publishing, "_append", True),
    "before-counting": (publishing, "_expect_published", True),
    "before-fast-forward": (publishing, "fast_forward", True),
    "during-fast-forward": (publishing, "fast_forward", True),
    "after-fast-forward": (publishing, "fast_forward", False),
    "before-result": (gate, "publish", False),
}


def main(argv: list[str]) -> None:
    moment, deed, *rest = argv
    module, name, is_before = MOMENTS[moment]
    original, one_writer = getattr(module, name), gate.one_writer

    def meddled(*args: Any, **kwargs: Any) -> Any:
        # Once: what happens meanwhile goes through the same functions, and so does the next attempt.
        setattr(module, name, original)
        if is_before:
            DEEDS[deed.partition("=")[0]](deed.partition("=")[2])
            return original(*args, **kwargs)
        answer = original(*args, **kwargs)
        DEEDS[deed.partition("=")[0]](deed.partition("=")[2])
        return answer

    setattr(module, name, meddled)
    # As in a bucket, where nobody waits for another.
    gate.one_writer = lambda *_: nullcontext()
    try:
        quality.main(rest)
    finally:
        setattr(module, name, original)
        gate.one_writer = one_writer


def kill(_: str) -> None:
    os.killpg(0, signal.SIGKILL)


def kill_after(seconds: str) -> None:
    threading.Timer(float(seconds), lambda: kill("")).start()


def lose(_: str) -> None:
    raise ConnectionError("the answer was lost")


def run(spec: str) -> None:
    """Another run, of this batch or of another."""
    quality.main(["--spec", spec, "--JOB_RUN_ID", "other"])


def sql(statement: str) -> None:
    quality.open_session().sql(statement).collect()


DEEDS: dict[str, Callable[[str], None]] = {"kill": kill, "kill-after": kill_after, "lose": lose, "run": run, "sql": sql}
