"""Makes the bucket for documents, with versions kept, unless it is there."""

import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

PATIENCE = 60


def make(bucket: str) -> None:
    storage = boto3.client(
        "s3",
        endpoint_url=os.environ.get("S3_ENDPOINT_URL") or None,
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["S3_SECRET_KEY"],
        region_name=os.environ.get("S3_REGION", "us-east-1"),
        config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
    )
    try:
        storage.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        storage.create_bucket(Bucket=bucket)
    storage.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def make_when_ready(bucket: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return make(bucket)
        except EndpointConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(1)


if __name__ == "__main__":
    make_when_ready(os.environ["S3_BUCKET"])
