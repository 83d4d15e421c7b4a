#!/usr/bin/env bash
# Restores databases from the volume of the backups: beside those in use to look at, or in their place.
set -euo pipefail

readonly LIB=${BASH_SOURCE[0]%/*}/lib
# shellcheck source=lib/progress.sh
source "$LIB/progress.sh"
# shellcheck source=lib/flags.sh
source "$LIB/flags.sh"
# shellcheck source=lib/settings.sh
source "$LIB/settings.sh"
# shellcheck source=lib/cluster.sh
source "$LIB/cluster.sh"
# shellcheck source=lib/migration.sh
source "$LIB/migration.sh"
# shellcheck source=lib/trouble.sh
source "$LIB/trouble.sh"
# shellcheck source=lib/restoring.sh
source "$LIB/restoring.sh"

usage() {
  cat << USAGE
Usage: scripts/restore.sh --service NAME… | --all | --list [flags, in any order]

  --list               List the backups that are there.
  --service NAME       sample, ai, audit, backup or config; may be given again.
  --all                All five.
  --backup FOLDER      One of the list. Without it: the newest.

  --into-scratch       Restore into new databases beside those in use, called scratch_<time>_<database>, and leave
                       everything else as it is. This is what is done unless --in-place is given.
  --in-place           Let the restored databases take the place of those in use, after a question. What was changed
                       since the backup is not in them; what is replaced is kept as before_<time>_<database>.
  --confirm NAMESPACE  The answer to that question.
  --drop-scratch       Drop what was restored into scratch before.
  --drop-replaced      Drop what --in-place has replaced.

  --context NAME       A context of the kubeconfig. It is used, not made the present one.
  --timeout SECONDS    How long each step may take (3600).
  --help

Environment: NAMESPACE (nanopore-tracking), KUBECONFIG, and POLL_SECONDS (2), the time between two questions whether a
Job has ended; more of it spares a busy server.

$EXIT_CODES
USAGE
}

MODE=into-scratch ALL=false CONFIRMED="" TIMEOUT_S=3600
FLAGS+=(
  [--list]=MODE=list [--into-scratch]=MODE=into-scratch [--in-place]=MODE=in-place
  [--drop-scratch]=MODE=drop-scratch [--drop-replaced]=MODE=drop-replaced
  [--all]=ALL=true [--service]=CHOSEN+ [--backup]=BACKUP [--confirm]=CONFIRMED [--timeout]=TIMEOUT_S:seconds
)

check_flags() {
  local service
  $ALL || ((${#CHOSEN[@]})) || [[ $MODE == list ]] || usage_error "Say which with --service, or --all."
  for service in "${CHOSEN[@]}"; do
    [[ " ${SERVICES[*]} " == *" $service "* ]] || usage_error "There is no service $service."
  done
  ! $ALL || CHOSEN=("${SERVICES[@]}")
  [[ -z $BACKUP || $BACKUP =~ ^[0-9]{8}T[0-9]{6}Z-[a-z0-9-]+$ ]] || usage_error "$BACKUP is no folder of a backup."
}

into_scratch() {
  local first=${CHOSEN[0]} database _
  read -r database _ <<< "$(database_of "$first")"
  STEPS=(restore)
  GO_ON="Nothing that is in use was changed. Run the same again when the reason is out of the way."
  step restore "Restoring $BACKUP beside what is in use"
  restore_beside "scratch_${STAMP}_"
  say "Look at them with, for example, the first of these; it asks for the password that the second one tells:"
  say "  $(as_typed) exec -it $first-db-0 -c postgres -- psql -h 127.0.0.1 -U nanopore_engine scratch_${STAMP}_$database"
  say "  $(as_typed) get secret $first-db-credentials -o 'jsonpath={.data.superuser-password}' | base64 -d"
  say "Drop them again with --drop-scratch."
}

in_place() {
  STEPS=(restore stop exchange migration start)
  GO_ON="Services are started again now. A database that was replaced is still there, as before_${STAMP}_<database>."
  if [[ $CONFIRMED != "$NAMESPACE" ]]; then
    confirm "$NAMESPACE" "What was changed since $BACKUP in $(joined "${CHOSEN[@]}") will not be there any more."
  fi
  step restore "Restoring $BACKUP beside what is in use"
  restore_beside "restored_${STAMP}_"
  step stop "Stopping the services of these databases"
  scale_down
  step exchange "Putting the restored databases in place"
  swap "restored_${STAMP}_"
  step migration "Migration"
  migrate_restored
  step start "Starting the services"
  scale_up
  wait_for_services
  say "Restored. When everything is as it should be: --drop-replaced."
}

wait_for_services() {
  local name until=$((SECONDS + TIMEOUT_S))
  for name in $(_deployments); do
    k rollout status "deployment/$name" --timeout="$(left "$until")s" > /dev/null ||
      die "$EXIT_STEP" "$name was not ready within $TIMEOUT_S seconds."
    say "  $name is ready."
  done
}

main() {
  read_flags "$@"
  check_flags
  check_settings
  begin
  find_cluster_tool
  require_cluster
  require_installed
  [[ -n $(field statefulset/sample-db .metadata.name) ]] || die "$EXIT_USAGE" \
    "These databases are CloudNativePG's, which restores them itself. Nothing was done."
  STAMP=$(date -u +%Y%m%d%H%M%S)
  ON_END=put_back
  ON_FAILURE=show_trouble
  case $MODE in
    list) list_backups ;;
    into-scratch | in-place)
      find_backup
      "${MODE//-/_}"
      ;;
    drop-scratch) drop_left_over "scratch|restored" ;;
    drop-replaced) drop_left_over before ;;
  esac
}

main "$@"
