# shellcheck shell=bash
# Applies the steps one after the other, and waits until what runs in them is ready.
#
# Server-side: what did not change is not changed, and what others decide, such as the number of pods, is left to them.

apply() { # STEP
  local file=$WORK/steps/$1.yaml
  [[ -f $file ]] || return 0
  k apply --server-side --force-conflicts --field-manager=deploy-microservices -f "$file" > "$WORK/applied" ||
    return
  local lines
  mapfile -t lines < "$WORK/applied"
  say "  applied: ${#lines[@]}"
}

# Wait for everything in a step that runs.
wait_for() { # STEP
  local until=$((SECONDS + TIMEOUT_S)) kind name
  for kind in StatefulSet Deployment DaemonSet; do
    for name in $(names_in "$1" "$kind"); do
      k rollout status "${kind,,}/$name" --timeout="$(left "$until")s" > /dev/null ||
        die "$EXIT_STEP" "$kind $name was not ready within $TIMEOUT_S seconds."
      say "  $name is ready."
    done
  done
  for name in $(names_in "$1" Cluster postgresql.cnpg.io); do
    k wait --for=condition=Ready "clusters.postgresql.cnpg.io/$name" --timeout="$(left "$until")s" > /dev/null ||
      die "$EXIT_STEP" "The PostgreSQL cluster $name was not ready within $TIMEOUT_S seconds."
    say "  $name is ready."
  done
}

# Make the namespace, or see to its labels.
make_namespace() {
  local there
  there=$(k get namespace "$NAMESPACE" --ignore-not-found -o name 2> /dev/null) || there=""
  if apply namespace 2> "$WORK/said"; then return; fi
  if [[ -n $there ]]; then
    # Whoever has a namespace only, and not the right to say more of it, may go on: all pods keep the standard anyway.
    warn "The labels of the namespace were not set: $(tail -n 1 "$WORK/said")"
  elif $OPENSHIFT && [[ ${KUBE##*/} == oc ]]; then
    # Not everybody may make namespaces; projects are for everybody. The kubeconfig stays as it is.
    k new-project "$NAMESPACE" --skip-config-write > /dev/null
  else
    cat "$WORK/said" >&2
    die "$EXIT_STEP" "The namespace $NAMESPACE was not made. Ask for it, then run this again."
  fi
}

# Wait for Secrets that another program brings.
wait_for_external_secrets() {
  local name until=$((SECONDS + TIMEOUT_S))
  for name in $(names_in '' ExternalSecret); do
    k wait --for=condition=Ready "externalsecrets.external-secrets.io/$name" --timeout="$(left "$until")s" \
      > /dev/null || die "$EXIT_STEP" "The Secret $name was not brought within $TIMEOUT_S seconds."
  done
}

# A pod does not see that another image has its tag now.
restart_if_rebuilt() { # IMAGE BEFORE
  if $REBUILT && [[ $1 == "$IMAGE" ]]; then
    say "  The image is new under the same tag: the pods start again."
    # shellcheck disable=SC2046  # names, one each
    k rollout restart $(names_in services Deployment | sed 's|^|deployment/|') > /dev/null
  fi
}

# An autoscaler with a measure that nobody gives makes nothing smaller.
tell_missing_measures() {
  if grep -qs '^  - pods:' "$WORK/steps/autoscaling.yaml" && ! serves custom.metrics.k8s.io; then
    warn "Nobody answers for custom.metrics.k8s.io here. Install prometheus-adapter with the rules in the ConfigMap
prometheus-adapter-rules, or scale by processor time alone: --component cpu-only."
  fi
}

# A HorizontalPodAutoscaler and a ScaledObject must not have the same Deployment: drop what was chosen before.
drop_other_autoscaling() {
  _drop horizontalpodautoscalers.autoscaling HorizontalPodAutoscaler
  ! serves keda.sh || _drop scaledobjects.keda.sh ScaledObject
}

_drop() { # RESOURCE KIND
  local name wanted there
  wanted=" $(names_in autoscaling "$2" | tr '\n' ' ') "
  # KEDA makes autoscalers of its own, with the labels of ours.
  there=$(k get "$1" --selector="$PART_OF,app.kubernetes.io/managed-by!=keda-operator" \
    -o 'jsonpath={.items[*].metadata.name}')
  for name in $there; do
    [[ $wanted == *" $name "* ]] || k delete "$1/$name" > /dev/null
  done
}
