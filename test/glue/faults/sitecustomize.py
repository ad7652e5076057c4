"""Lets something go wrong in a function of a job, once.

Python imports this by itself where its folder is on PYTHONPATH. A file `<module>.<function>` in the folder `FAULTS`, or
`after <module>.<function>`, holding `<deed>` or `<deed>=<more>`, is a fault that waits for the next call of that function in whatever
process, or for its end; the file is then renamed to `….happened`, so that of all calls one alone meets it.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

FUNCTIONS = {
    "branches": "fast_forward",
    "gate": "settle",
    "landed": "read_landed",
    "landed_files": "group_files",
    "publishing": "_append",
    "staging": "stage_rows",
    "verdicts": "validate",
}


@contextmanager
def kill(_: str) -> Iterator[None]:
    """Ends this process, its Java and what else they started."""
    os.killpg(0, signal.SIGKILL)
    yield


@contextmanager
def kill_at_file(pattern: str) -> Iterator[None]:
    """Kills as soon as there is a file of this pattern under the lake's root that was not there when the function began."""
    root = _lake_root()
    before = set(root.glob(pattern))

    def watch() -> None:
        while not set(root.glob(pattern)) - before:
            time.sleep(0.001)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    yield


@contextmanager
def hold(file: str) -> Iterator[None]:
    """Waits as long as the file is there."""
    while Path(file).exists():
        time.sleep(0.02)
    yield


@contextmanager
def full_disk(size: str) -> Iterator[None]:
    """Lets Java write no file beyond so many bytes: to it the disk is full."""
    java = _context()._gateway.proc.pid
    limits = resource.prlimit(java, resource.RLIMIT_FSIZE)
    resource.prlimit(java, resource.RLIMIT_FSIZE, (int(size), limits[1]))
    try:
        yield
    finally:
        resource.prlimit(java, resource.RLIMIT_FSIZE, limits)


DEEDS: dict[str, Callable[[str], AbstractContextManager[None]]] = {
    "kill": kill,
    "kill-at-file": kill_at_file,
    "hold": hold,
    "full-disk": full_disk,
}


def _context() -> Any:
    from pyspark import SparkContext

    return SparkContext._active_spark_context


def _lake_root() -> Path:
    return Path(_context().getConf().get("spark.soundcheck.root"))


def happening(name: str) -> AbstractContextManager[None]:
    """What waits to go wrong under a name, for the first who asks; nothing for anybody else."""
    fault = Path(os.environ["FAULTS"], name)
    happened = fault.with_name(f"{name}.happened")
    try:
        fault.rename(happened)
    except FileNotFoundError:
        return nullcontext()
    deed, _, more = happened.read_text().partition("=")
    return DEEDS[deed](more)


def with_faults(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def faulty(*args: Any, **kwargs: Any) -> Any:
        with happening(name):
            answer = function(*args, **kwargs)
        with happening(f"after {name}"):
            return answer

    return faulty


class WithFaults(MetaPathFinder):
    """Imports the modules of a job with their faults, before another takes a function from them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in FUNCTIONS else None
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            function = FUNCTIONS[name]
            setattr(module, function, with_faults(f"{name}.{function}", getattr(module, function)))

        spec.loader.exec_module = exec_module
        return spec


if "FAULTS" in os.environ:
    sys.meta_path.insert(0, WithFaults())
