"""Keeps one Spark session warm and runs scripts in it, one after another.

Started with the session's settings as JSON. A line of JSON on standard input, `{"id", "script", "arguments",
"environment"}`, requests a run of the script's `main` with further variables; a line on file descriptor 3 answers with `{"id"}` or `{"id", "error"}`. Its first line,
`{"ready": true}`, says that the session has started. The process ends when standard input does, also in the middle of a
run, because nobody would read the answer.
"""

from __future__ import annotations

import json
import os
import queue
import runpy
import signal
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import boto3
from pyspark.sql import SparkSession

channel = os.fdopen(3, "w", buffering=1, encoding="utf-8")


def say(message: dict[str, Any]) -> None:
    channel.write(f"{json.dumps(message)}\n")


def listen(requests: queue.Queue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    end()


def watch(java: subprocess.Popen[bytes]) -> None:
    """A session without its Java is useless."""
    code = java.wait()
    print(f"Java ended with exit code {code}", flush=True)
    os._exit(1)


def end() -> None:
    """Ends this process and its Java at once, so that nothing of the run continues."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def open_session(settings: dict[str, str]) -> SparkSession:
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def perform(request: dict[str, Any]) -> dict[str, Any]:
    script = Path(request["script"])
    sys.path.insert(0, str(script.parent))
    os.environ.update(request.get("environment", {}))
    # The library keeps credentials of an earlier job otherwise.
    boto3.setup_default_session()
    try:
        runpy.run_path(str(script), run_name="job")["main"](request["arguments"])
    except BaseException as error:
        traceback.print_exc()
        return {"id": request["id"], "error": f"{type(error).__name__}: {without_stack(str(error))}"}
    finally:
        sys.path.remove(str(script.parent))
        sys.stdout.flush()
        sys.stderr.flush()
    return {"id": request["id"]}


def without_stack(message: str) -> str:
    """Java's message without the stack trace, which is in the log."""
    lines = [line for line in message.splitlines() if line and not line.startswith("\t")]
    return "\n".join(line for line in lines if line != "Driver stacktrace:")


def main() -> None:
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=listen, args=(requests,), daemon=True).start()
    session = open_session(json.loads(sys.argv[1]))
    threading.Thread(target=watch, args=(session.sparkContext._gateway.proc,), daemon=True).start()
    say({"ready": True})
    while True:
        say(perform(requests.get()))


if __name__ == "__main__":
    main()
