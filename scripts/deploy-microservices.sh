#!/usr/bin/env bash
# Puts the product into a Kubernetes or OpenShift cluster, or takes it out again; docs/operations/deploying.md explains it.
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
# shellcheck source=lib/storage.sh
source "$LIB/storage.sh"
# shellcheck source=lib/render.sh
source "$LIB/render.sh"
# shellcheck source=lib/secrets.sh
source "$LIB/secrets.sh"
# shellcheck source=lib/applying.sh
source "$LIB/applying.sh"
# shellcheck source=lib/migration.sh
source "$LIB/migration.sh"
# shellcheck source=lib/image.sh
source "$LIB/image.sh"
# shellcheck source=lib/address.sh
source "$LIB/address.sh"
# shellcheck source=lib/trouble.sh
source "$LIB/trouble.sh"
# shellcheck source=lib/removal.sh
source "$LIB/removal.sh"
# shellcheck source=lib/showing.sh
source "$LIB/showing.sh"

usage() {
  cat << USAGE
Usage: scripts/deploy-microservices.sh [flags, in any order]

  --build                Build the image; push it where REGISTRY_URL is set.
  --migrate              Bring the databases to this version first. A new installation is migrated in any case.
  --overlay NAME|PATH    One of deployment/overlays, or a folder of your own. Without it: openshift on OpenShift,
                         kubernetes elsewhere.
  --component NAME|PATH  Add one of deployment/components; may be given again.
  --dry-run              Print what would be applied; let the server check it where one answers. Nothing is changed.
  --delete               Delete the product; volumes and Secrets stay.
    --with-data          Delete these too.
    --yes                Do not ask.
  --context NAME         A context of the kubeconfig. It is used, not made the present one.
  --timeout SECONDS      How long each step may take (600).
  --help

Environment:
  NAMESPACE                (nanopore-tracking)
  IMAGE_TAG                Tag of the image (the one that deployment/openshift names)
  IMAGE_LOCK               What --build puts in: requirements-ocr.lock for what reads scans (requirements-image.lock)
  REGISTRY_URL             Where the image is, such as registry.example.org/lab
  PUBLIC_HOST              The name that people type to come here, such as nanopore.example.org
  STORAGE_CLASS_FAST       For databases and events (the cluster's own)
  STORAGE_CLASS_STANDARD   For everything else (the cluster's own)
  POLL_SECONDS             Between two questions whether the migration has ended (2); more spares a busy server
  KUBECONFIG               As for kubectl

Running it again changes what is different from the files here, and nothing when nothing is.

$EXIT_CODES
USAGE
}

BUILD=false MIGRATE=false SHOW=false DELETE=false WITH_DATA=false YES=false TIMEOUT_S=600
FLAGS+=(
  [--build]=BUILD=true [--migrate]=MIGRATE=true [--dry-run]=SHOW=true
  [--delete]=DELETE=true [--with-data]=WITH_DATA=true [--yes]=YES=true
  [--overlay]=OVERLAY [--component]=COMPONENTS+ [--timeout]=TIMEOUT_S:seconds
)

check_flags() {
  if $DELETE && { $BUILD || $MIGRATE; }; then usage_error "--delete does not go with --build and --migrate."; fi
  if ! $DELETE && { $WITH_DATA || $YES; }; then usage_error "--with-data and --yes go with --delete only."; fi
}

remove() {
  require_cluster
  local what="the product in the namespace $NAMESPACE"
  ! $WITH_DATA || what+=", its data and its backups"
  $YES || confirm "$NAMESPACE" "This deletes $what."
  STEPS=(deletion)
  GO_ON="Run the same again; what is deleted already is no trouble."
  step deletion "Deleting $what"
  delete_product "$WITH_DATA"
}

plan() {
  STEPS=(namespace secrets databases services autoscaling monitoring ingress)
  # Without its tables no service starts.
  if ! $ANSWERS || [[ -z $(field deployment/config-service .metadata.name) ]]; then MIGRATE=true; fi
  if $MIGRATE; then STEPS=(namespace secrets databases migration services autoscaling monitoring ingress); fi
  if $BUILD; then STEPS=(image "${STEPS[@]}"); fi
}

deploy() {
  local before
  require_cluster
  keep_storage_classes
  find_overlay
  render "$NAMESPACE"
  require_served
  plan
  GO_ON="Put right what is said above, then run the same again: what is done is not done twice."
  ON_FAILURE=show_trouble
  say "Nanopore Tracking, $IMAGE, into $NAMESPACE, as ${OVERLAY##*/} says."
  if $BUILD; then
    step image "Building the image"
    build_image
  fi
  step namespace "Namespace"
  make_namespace
  step secrets "Secrets"
  make_secrets
  step databases "Databases and NATS"
  apply settings
  wait_for_external_secrets
  make_logins
  apply databases
  wait_for databases
  if $MIGRATE; then
    step migration "Migration"
    migrate
  fi
  step services "Services"
  before=$(field deployment/config-service '.spec.template.spec.containers[0].image')
  apply services
  restart_if_rebuilt "$before"
  wait_for services
  step autoscaling "Autoscaling"
  drop_other_autoscaling
  apply autoscaling
  tell_missing_measures
  step monitoring "Monitoring"
  apply monitoring
  step ingress "Ingress"
  apply ingress
  # What looks at the product does not hold back the way to it.
  wait_for monitoring
  tell_address
}

main() {
  read_flags "$@"
  check_flags
  check_settings
  begin
  find_cluster_tool
  if $BUILD; then find_builder; fi
  if $SHOW; then show; elif $DELETE; then remove; else deploy; fi
}

main "$@"
