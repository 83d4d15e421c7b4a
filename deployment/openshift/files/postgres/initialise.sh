#!/usr/bin/env bash
# Makes the database of one service and its roles on an empty volume, before PostgreSQL starts; leaves others alone.
#
# It is made in a folder beside its place and gets its name when it is complete: a start that is interrupted leaves
# nothing that looks like a database and is none.
set -euo pipefail

: "${PGDATA:?}" "${DATABASE:?}" "${CREDENTIALS:?}"
umask 077

if [ -s "$PGDATA/PG_VERSION" ]; then
  # Whoever mounts the volume may give it to a group, and PostgreSQL refuses a folder that a group may write to.
  chmod 0700 "$PGDATA"
  exit 0
fi

volume=$(dirname "$(dirname "$PGDATA")")
for other in "$volume"/*/docker/PG_VERSION; do
  if [ -e "$other" ]; then
    echo "There is a database of another PostgreSQL version in $(dirname "$other")." >&2
    echo "Nothing was changed. Upgrade it first, as docs/operations says, or start the version that it belongs to." >&2
    exit 1
  fi
done

for role in superuser owner app reader; do
  if [ ! -s "$CREDENTIALS/$role-password" ]; then
    echo "The Secret of this database has no $role-password. Nothing was made." >&2
    exit 1
  fi
done

# shellcheck source=account.sh
. "$(dirname "$0")/account.sh"

half=$PGDATA.half
sockets=$(mktemp -d)
rm -rf "$half"
mkdir -p "$(dirname "$PGDATA")"
initdb --pgdata="$half" --username=nanopore_engine --pwfile="$CREDENTIALS/superuser-password" \
  --auth=scram-sha-256 --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8
echo 'host all all all scram-sha-256' >> "$half/pg_hba.conf"

pg_ctl --pgdata="$half" --options="-c listen_addresses='' -c unix_socket_directories='$sockets'" --wait start
PGPASSWORD=$(cat "$CREDENTIALS/superuser-password") psql --host="$sockets" --username=nanopore_engine \
  --dbname=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=database="$DATABASE" \
  --file="$(dirname "$0")/roles.sql"
pg_ctl --pgdata="$half" --mode=fast --wait stop

mv -T "$half" "$PGDATA"
sync "$(dirname "$PGDATA")"
echo "The database $DATABASE was made."
