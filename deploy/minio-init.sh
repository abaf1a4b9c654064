#!/bin/sh
# Bucket, user and policy for the backups in MinIO. Safe to run again: a changed key or prefix is taken over.
set -eu
mc alias set minio "$MINIO_URL" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" >/dev/null
mc mb --ignore-existing "minio/$BUCKET"
# Nothing outside of the prefix, no right over the bucket itself.
cat >/tmp/policy.json <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
      "Resource": ["arn:aws:s3:::$BUCKET"],
      "Condition": { "StringLikeIfExists": { "s3:prefix": ["$PREFIX/*"] } }
    },
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      "Resource": ["arn:aws:s3:::$BUCKET/$PREFIX/*"]
    }
  ]
}
JSON
mc admin user add minio "$ACCESS_KEY" "$SECRET_KEY"
mc admin policy create minio nocodb-backup /tmp/policy.json
mc admin policy attach minio nocodb-backup --user "$ACCESS_KEY" || mc admin policy entities minio --user "$ACCESS_KEY" | grep -q nocodb-backup
echo "bucket $BUCKET is ready for $ACCESS_KEY, below $PREFIX/"
