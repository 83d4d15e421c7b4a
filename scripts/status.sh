#!/usr/bin/env bash
# Tells in one report how the product is in a cluster, and what somebody has to look at; changes nothing.
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
# shellcheck source=lib/findings.sh
source "$LIB/findings.sh"

usage() {
  cat << USAGE
Usage: scripts/status.sh [flags, in any order]

  --context NAME   A context of the kubeconfig. It is used, not made the present one.
  --help

Environment: NAMESPACE (nanopore-tracking), KUBECONFIG.

Reports pods, rollouts, autoscaling, volumes, jobs, warnings, what failing containers said, the health of each service,
dead letters, the age of the newest backup, and addresses. What is not right is listed again at the end.

$EXIT_CODES
  1    something is not right: it is listed at the end
USAGE
}

main() {
  local finding
  read_flags "$@"
  check_settings
  begin
  find_cluster_tool
  require_cluster
  require_installed
  look_at_pods
  look_at_rollouts
  look_at_autoscaling
  look_at_volumes
  look_at_jobs
  look_at_services
  look_at_addresses
  section "In short"
  ((${#FINDINGS[@]})) || {
    say "Everything is as it should be."
    return
  }
  for finding in "${FINDINGS[@]}"; do say "- $finding"; done
  leave 1
}

main "$@"
