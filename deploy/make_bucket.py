"""Makes the two buckets of files, unless they are there: documents, with versions kept and maybe locks, and
the quarantine, which keeps nothing that was removed.
"""

import os
import time
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

PATIENCE = 60


def both() -> None:
    client = boto3.client(
        "s3",
        endpoint_url=os.environ.get("S3_ENDPOINT_URL") or None,
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["S3_SECRET_KEY"],
        region_name=os.environ.get("S3_REGION", "us-east-1"),
        config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
    )
    documents = os.environ["S3_BUCKET"]
    locks = os.environ.get("S3_OBJECT_LOCK") == "1"
    _make(client, os.environ["S3_QUARANTINE_BUCKET"])
    _make(client, documents, ObjectLockEnabledForBucket=locks)
    client.put_bucket_versioning(Bucket=documents, VersioningConfiguration={"Status": "Enabled"})
    if locks:
        _insist_on_locks(client, documents)


def _make(client: Any, bucket: str, **how: Any) -> None:
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        client.create_bucket(Bucket=bucket, **how)


def _insist_on_locks(client: Any, bucket: str) -> None:
    """A store may allow them for a bucket that is there already; one that does not says so here."""
    try:
        client.get_object_lock_configuration(Bucket=bucket)
    except ClientError:
        client.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
        )


def both_when_ready() -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return both()
        except EndpointConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(1)


if __name__ == "__main__":
    both_when_ready()
