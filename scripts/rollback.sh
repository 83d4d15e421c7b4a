#!/usr/bin/env bash
# Brings services back to the version that they had before; databases stay as they are.
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
# shellcheck source=lib/trouble.sh
source "$LIB/trouble.sh"
# shellcheck source=lib/revisions.sh
source "$LIB/revisions.sh"

usage() {
  cat << USAGE
Usage: scripts/rollback.sh [flags, in any order]

  --to-tag TAG         Back to the image with this tag. Without it: each service to what it was before.
  --service NAME       This one only, such as sample-service; may be given again. The others stay as they are, of
                       another version perhaps.
  --dry-run            Say what would be done.
  --context NAME       A context of the kubeconfig. It is used, not made the present one.
  --timeout SECONDS    How long it may take (600).
  --help

Environment: NAMESPACE (nanopore-tracking), KUBECONFIG.

Databases stay as they are: an older version works with the tables of a newer one. What scripts/deploy-microservices.sh
applies next is what its files say; set IMAGE_TAG to stay on the older version.

$EXIT_CODES
USAGE
}

TAG="" ONLY=() SHOW=false TIMEOUT_S=600
FLAGS+=([--dry-run]=SHOW=true [--to-tag]=TAG [--service]=ONLY+ [--timeout]=TIMEOUT_S:seconds)

main() {
  local until name
  read_flags "$@"
  check_settings
  begin
  find_cluster_tool
  require_cluster
  require_installed
  plan_rollback "$TAG" "${ONLY[@]}"
  tell_plan
  if $SHOW || ((${#TARGETS[@]} == 0)); then return; fi
  STEPS=(change wait)
  GO_ON="Run scripts/status.sh to see more. Running this again goes on where it stopped."
  ON_FAILURE=show_trouble
  step change "Going back"
  for name in "${!TARGETS[@]}"; do
    k rollout undo "deployment/$name" --to-revision="${TARGETS[$name]}" > /dev/null
  done
  step wait "Waiting until everything is ready"
  until=$((SECONDS + TIMEOUT_S))
  for name in "${!TARGETS[@]}"; do
    k rollout status "deployment/$name" --timeout="$(left "$until")s" > /dev/null ||
      die "$EXIT_STEP" "$name was not ready within $TIMEOUT_S seconds."
    say "  $name is ready."
  done
}

main "$@"
