#!/bin/sh
# Starts the event log of the compose stacks, unless a user's password is empty: nats-server would let everybody in as that user.
# Whoever uses nkeys instead (docs/nats.md) starts nats-server itself.
set -eu
missing=''
for user in SCHEDULER DUMPER EXPORTER UPLOADER RESTORER NOTIFIER CATALOG CLI; do
  eval "password=\${NATS_${user}_PASSWORD:-}"
  [ -n "$password" ] || missing="$missing NATS_${user}_PASSWORD"
done
if [ -n "$missing" ]; then
  echo "empty, and everybody could come in:$missing. Give each a value in .env, such as p\$(openssl rand -hex 24)" >&2
  exit 1
fi
exec nats-server --config /etc/nats/nats.conf
