"""Delivered files in an S3-compatible store, for several servers at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from central.blobs import PIECE, blob_name

_MISSING = {"404", "NoSuchKey", "NotFound"}
_IN_ONE_PIECE = 64 * 1024 * 1024


class BadFilesUrl(ValueError):
    """The URL of the file store is not understood."""


class StoreError(OSError):
    """The S3 store does not answer or refuses; the message never holds its keys."""


@contextmanager
def s3_faults() -> Iterator[None]:
    """Turn errors of the S3 library into FileNotFoundError for a missing object and StoreError for anything else."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise FileNotFoundError(code) from None
        raise StoreError(None, f"the S3 store answered {code}") from None
    except (BotoCoreError, Boto3Error) as error:
        raise StoreError(None, f"the S3 store cannot be used: {type(error).__name__}") from None


@dataclass(frozen=True)
class Bucket:
    """A place in an S3 store: the client, the bucket and what every name in it begins with."""

    client: Any
    name: str
    prefix: str

    def key(self, name: str) -> str:
        """Give the full name of an object."""
        return self.prefix + name

    def get(self, name: str) -> bytes:
        """Read a small object whole. Raises FileNotFoundError or StoreError."""
        with s3_faults():
            content: bytes = self.client.get_object(Bucket=self.name, Key=self.key(name))["Body"].read()
        return content

    def put(self, name: str, content: bytes) -> None:
        """Write an object whole. Raises StoreError."""
        with s3_faults():
            self.client.put_object(Bucket=self.name, Key=self.key(name), Body=content)

    def exists(self, name: str) -> bool:
        """Say whether an object is there. Raises StoreError."""
        return self.size(name) is not None

    def size(self, name: str) -> int | None:
        """Give an object's size in bytes, or None if it is not there. Raises StoreError."""
        try:
            with s3_faults():
                return int(self.client.head_object(Bucket=self.name, Key=self.key(name))["ContentLength"])
        except FileNotFoundError:
            return None

    def chunks(self, name: str) -> Iterator[bytes]:
        """Read an object piece by piece. Raises FileNotFoundError or StoreError."""
        with s3_faults():
            body = self.client.get_object(Bucket=self.name, Key=self.key(name))["Body"]
            yield from body.iter_chunks(PIECE)

    def sizes(self, prefix: str) -> dict[str, int]:
        """List the objects whose names begin so, with their sizes in bytes. Raises StoreError."""
        start = self.key(prefix)
        with s3_faults():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=start)
            return {item["Key"][len(self.prefix) :]: int(item["Size"]) for page in pages for item in page.get("Contents", [])}

    def remove(self, name: str) -> None:
        """Remove an object; one that is gone is no error. Raises StoreError."""
        with s3_faults():
            self.client.delete_object(Bucket=self.name, Key=self.key(name))


def open_bucket(url: str) -> Bucket:
    """Read ``s3://BUCKET/PREFIX?endpoint=URL&region=NAME``; keys come from the environment as for every AWS tool.

    Raises BadFilesUrl.
    """
    import boto3  # a centre that keeps its files in a folder does without it
    from botocore.config import Config

    parts = urlsplit(url)
    options = parse_qs(parts.query)
    if parts.scheme != "s3" or not parts.netloc or parts.username or set(options) - {"endpoint", "region"}:
        raise BadFilesUrl("it must look like s3://BUCKET/PREFIX?endpoint=URL&region=NAME")
    path = parts.path.strip("/")
    config = Config(
        connect_timeout=5,
        read_timeout=60,
        retries={"max_attempts": 3, "mode": "standard"},
        max_pool_connections=50,
        # Stores other than Amazon's do not all know the newer check sums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"},
    )
    client = boto3.client(
        "s3",
        endpoint_url=options.get("endpoint", [None])[0],
        region_name=options.get("region", ["us-east-1"])[0],
        config=config,
    )
    return Bucket(client, parts.netloc, f"{path}/" if path else "")


class S3Blobs:
    """Delivered files under ``files/`` in a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def name(self, sha256: str) -> str:
        """Say under which name a content lies. Raises ValueError for anything but a SHA-256."""
        return f"files/{blob_name(sha256)}"

    def size(self, sha256: str) -> int | None:
        """Give the size in bytes, or None if the content is not here."""
        return self.bucket.size(self.name(sha256))

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Read a content piece by piece. Raises FileNotFoundError."""
        return self.bucket.chunks(self.name(sha256))

    def check(self) -> None:
        """Return if the bucket answers. Raises StoreError."""
        with s3_faults():
            self.bucket.client.head_bucket(Bucket=self.bucket.name)

    def take(self, source: Path, sha256: str) -> None:
        """Move a local file in; the store shows it whole or not at all."""
        bucket, key = self.bucket, self.bucket.key(self.name(sha256))
        with s3_faults():
            if source.stat().st_size <= _IN_ONE_PIECE:
                # Without the threads that the library starts for each file.
                with source.open("rb") as stream:
                    bucket.client.put_object(Bucket=bucket.name, Key=key, Body=stream)
            else:
                bucket.client.upload_file(str(source), bucket.name, key)
        source.unlink(missing_ok=True)
