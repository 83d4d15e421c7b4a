# shellcheck shell=bash
# Takes the product out of a namespace again. Data stays unless it is asked for: volumes, and the passwords in them.

readonly _DATA=(persistentvolumeclaims secrets clusters.postgresql.cnpg.io externalsecrets.external-secrets.io)
# What goes with its owner, or by itself.
readonly _OWNED=(pods replicasets.apps controllerrevisions.apps endpoints endpointslices.discovery.k8s.io events
  events.events.k8s.io)

# Return the kinds of what can be deleted, separated by commas.
_kinds() { # WITH_DATA
  local kind found=() left_out=" ${_OWNED[*]} "
  $1 || left_out+="${_DATA[*]} "
  while read -r kind; do
    [[ $left_out == *" $kind "* ]] || found+=("$kind")
  done < <(k api-resources --namespaced --verbs=list,delete -o name)
  local IFS=,
  printf '%s' "${found[*]}"
}

list_product() { # WITH_DATA
  k get "$(_kinds "$1")" --selector="$PART_OF" --ignore-not-found -o name
}

delete_product() { # WITH_DATA
  local kinds
  kinds=$(_kinds "$1")
  [[ -n $kinds ]] || die "$EXIT_STEP" "The cluster does not say what can be deleted. Nothing was deleted."
  k delete "$kinds" --selector="$PART_OF" --ignore-not-found --timeout="${TIMEOUT_S}s"
  if $1; then
    say "Everything was deleted, data included. The namespace is left: $(as_typed) delete namespace $NAMESPACE"
  else
    say "The product was deleted. Volumes and Secrets are left, and a new deployment takes them up again."
    say "To delete them too: --delete --with-data"
  fi
}
