#!/usr/bin/env bash
# An empty PostgreSQL for a drill, of which nothing is kept; only what runs in the same pod reaches it.
set -euo pipefail

# shellcheck source=account.sh
. "$(dirname "$0")/account.sh"
rm -rf "$PGDATA"
initdb --pgdata="$PGDATA" --username=drill --auth=trust --encoding=UTF8 --locale=C \
  --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync
unset LD_PRELOAD
server=(postgres --listen_addresses=127.0.0.1 --unix_socket_directories=/tmp --fsync=off --full_page_writes=off)
if [ -z "${UNTIL:-}" ]; then exec "${server[@]}"; fi

# Nobody ends this container when the drill is over; the drill leaves a file instead.
"${server[@]}" &
trap 'kill -INT %1' TERM
until [ -e "$UNTIL" ]; do
  if ! kill -0 %1 2> /dev/null; then wait %1; fi
  sleep 1
done
kill -INT %1
wait %1
