"""The lake as a job uses it: small JSON objects, the files of a spec, and paths for Spark."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from errors import MissingFile
from pyspark.sql import SparkSession

COPIES_AT_ONCE = 16
CHUNK = 2**20
GONE = {"404", "NoSuchKey", "NoSuchVersion"}
EXISTS = {"412", "PreconditionFailed", "ConditionalRequestConflict"}


@dataclass(frozen=True)
class Pinned:
    """A file's bytes, of one version or the newest, under a name that Spark can read."""

    key: str
    version: str | None
    name: str
    is_gzip: bool = False


class Lake:
    """A bucket, and the root of Spark's own files: the bucket itself on AWS, a folder on a laptop."""

    def __init__(self, bucket: str, root: str) -> None:
        self.bucket = bucket
        self.root = root.rstrip("/")
        self._s3 = boto3.client("s3", config=Config(max_pool_connections=COPIES_AT_ONCE))

    def path(self, key: str) -> str:
        """Spark's path for a key of `staging/` or `lake/`."""
        return f"{self.root}/{key}"

    def read_json(self, key: str) -> dict[str, Any] | None:
        """A small object; None if there is none."""
        try:
            return json.loads(self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except ClientError as error:
            if _code(error) in GONE:
                return None
            raise

    def read_spec(self, key: str) -> dict[str, Any]:
        """A spec, which is written before any run; `MissingFile` if it does not exist."""
        spec = self.read_json(key)
        if spec is None:
            raise MissingFile(key)
        return spec

    def write_once(self, key: str, body: dict[str, Any]) -> bool:
        """Writes with If-None-Match; False if the key already exists."""
        events = self._s3.meta.events
        events.register("before-call.s3.PutObject", _only_if_new)
        try:
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(body).encode())
        except ClientError as error:
            if _code(error) in EXISTS:
                return False
            raise
        finally:
            events.unregister("before-call.s3.PutObject", _only_if_new)
        return True

    def pin(self, files: Sequence[Pinned], folder: str) -> None:
        """Copies versions to `folder`, so that they cannot change while they are read and no odd name reaches Spark;
        `MissingFile` if one is gone.

        Gzip is uncompressed meanwhile: Hadoop's codec reads padding and several members differently.
        """
        if not self._is_remote:
            for file in files:
                Path(self.path(f"{folder}{file.name}")).parent.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(COPIES_AT_ONCE) as pool:
            for _ in pool.map(lambda file: self._copy(file, f"{folder}{file.name}"), files):
                pass

    def remove(self, folder: str) -> None:
        """Removes what was pinned."""
        if not self._is_remote:
            shutil.rmtree(self.path(folder), ignore_errors=True)
            return
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=folder)
        for page in pages:
            objects = [{"Key": found["Key"]} for found in page.get("Contents", [])]
            if objects:
                self._s3.delete_objects(Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True})

    @property
    def _is_remote(self) -> bool:
        return self.root.startswith("s3://")

    def _copy(self, file: Pinned, target: str) -> None:
        which = {"VersionId": file.version} if file.version else {}
        try:
            if self._is_remote and not file.is_gzip:
                source = {"Bucket": self.bucket, "Key": file.key, **which}
                # A copy without tags needs no permission to read them.
                self._s3.copy(source, self.bucket, target, ExtraArgs={"TaggingDirective": "REPLACE"})
                return
            body = self._s3.get_object(Bucket=self.bucket, Key=file.key, **which)["Body"]
            self._write(gzip.GzipFile(fileobj=body) if file.is_gzip else body, target)
        except ClientError as error:
            if _code(error) in GONE:
                raise MissingFile(file.key, file.version) from error
            raise

    def _write(self, body: Any, target: str) -> None:
        if self._is_remote:
            self._s3.upload_fileobj(body, self.bucket, target)
            return
        with Path(self.path(target)).open("wb") as pinned:
            shutil.copyfileobj(body, pinned, CHUNK)


def open_lake(location: str, spark: SparkSession) -> tuple[Lake, str]:
    """The lake of a spec, `s3://<bucket>/<key>`, and the spec's key."""
    parsed = urlparse(location)
    root = spark.conf.get("spark.soundcheck.root", f"s3://{parsed.netloc}")
    return Lake(parsed.netloc, root), parsed.path.lstrip("/")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _only_if_new(params: dict[str, Any], **_: Any) -> None:
    """The header itself: not every version of boto3 on Glue has a parameter for it."""
    params["headers"]["If-None-Match"] = "*"
