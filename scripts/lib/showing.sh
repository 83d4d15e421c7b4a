# shellcheck shell=bash
# What --dry-run prints: what would be applied on standard output, what the server says of it on standard error.

show() {
  if reachable && known; then
    ANSWERS=true
  else
    warn "No server answers ($(tail -n 1 "$WORK/said")): what follows is rendered here and checked by nobody."
  fi
  if $DELETE; then
    $ANSWERS || die "$EXIT_SERVER" "What would be deleted is known by the cluster only."
    list_product "$WITH_DATA"
    return
  fi
  ! $ANSWERS || keep_storage_classes
  find_overlay
  render "$NAMESPACE"
  ! $ANSWERS || require_served
  plan
  _print
  if $ANSWERS; then _let_the_server_check; fi
}

_print() {
  local name
  if $BUILD; then
    say "# ${BUILDER##*/} would build $IMAGE${REGISTRY_URL:+ and push it}."
  fi
  make_secrets
  for name in namespace settings databases migration services autoscaling monitoring ingress; do
    [[ $name != migration ]] || $MIGRATE || continue
    [[ ! -f $WORK/steps/$name.yaml ]] || {
      say "# Step $name"
      cat "$WORK/steps/$name.yaml"
    }
  done
}

_let_the_server_check() {
  local place=$NAMESPACE name refused=false
  local server=(apply --server-side --force-conflicts --field-manager=deploy-microservices --dry-run=server)
  if [[ -z $(k get namespace "$NAMESPACE" --ignore-not-found -o name) ]]; then
    # Objects cannot be checked in a namespace that is not there.
    place=default
    warn "The namespace $NAMESPACE is not there yet: the server checks the objects as if they were for default."
    k "${server[@]}" -f "$WORK/steps/namespace.yaml" > /dev/null || refused=true
    render default
    rm "$WORK/steps/namespace.yaml"
  fi
  for name in "$WORK"/steps/*.yaml; do
    [[ $name != */migration.yaml ]] || $MIGRATE || continue
    NAMESPACE=$place k "${server[@]}" -f "$name" > /dev/null || refused=true
  done
  if $refused; then die "$EXIT_STEP" "The server refuses what is said above. Nothing was changed."; fi
  say "# The server accepts all of it. Nothing was changed." >&2
}
