# shellcheck shell=bash
# What is applied: an overlay of this run alone over the one that was chosen, rendered once and taken apart by step.

ROOT=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
OVERLAY=""      # a name in deployment/overlays, or a folder
COMPONENTS=()   # names in deployment/components, or folders
IMAGE=""        # the image of the product, with registry and tag
MIGRATION=""    # the name of the migration Job

# Return the folder of an overlay or a component.
_folder() { # KIND WORD
  local found
  for found in "$ROOT/deployment/$1/$2" "$2"; do
    if [[ -f $found/kustomization.yaml || -f $found/kustomization.yml || -f $found/Kustomization ]]; then
      (cd "$found" && pwd -P)
      return
    fi
  done
  local names=()
  for found in "$ROOT/deployment/$1"/*; do [[ ! -d $found ]] || names+=("${found##*/}"); done
  die "$EXIT_USAGE" "There is no $2 in deployment/$1, and no kustomization in a folder of that name. Nothing was done.
There are: $(joined "${names[@]}")."
}

# kustomize wants a way from the overlay, not one from the root.
_from_work() {
  local up=${WORK//[!\/]/}
  printf '%s' "../${up//\//../}${1#/}"
}

find_overlay() {
  [[ -n $OVERLAY ]] || { if $OPENSHIFT; then OVERLAY=openshift; else OVERLAY=kubernetes; fi; }
  OVERLAY=$(_folder overlays "$OVERLAY")
  local i older=() others=()
  for i in "${!COMPONENTS[@]}"; do
    COMPONENTS[i]=$(_folder components "${COMPONENTS[i]}")
    # Each changes what those before it brought, and an older server is to know all of it.
    if [[ ${COMPONENTS[i]##*/} == before-* ]]; then older+=("${COMPONENTS[i]}"); else others+=("${COMPONENTS[i]}"); fi
  done
  COMPONENTS=("${others[@]}")
  ((${#older[@]} == 0)) || mapfile -t -O "${#COMPONENTS[@]}" COMPONENTS < <(printf '%s\n' "${older[@]}" | sort --reverse)
}

_overlay() { # NAMESPACE
  local component
  printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: %s\n' "$1"
  printf 'resources:\n- namespace.yaml\n- %s\n' "$(_from_work "$OVERLAY")"
  printf 'components:\n'
  for component in "${COMPONENTS[@]}"; do printf -- '- %s\n' "$(_from_work "$component")"; done
  if [[ -n $REGISTRY_URL$IMAGE_TAG ]]; then
    printf 'images:\n- name: %s\n' "$APPLICATION"
    [[ -z $REGISTRY_URL ]] || printf '  newName: %s/%s\n' "$REGISTRY_URL" "$APPLICATION"
    [[ -z $IMAGE_TAG ]] || printf '  newTag: "%s"\n' "$IMAGE_TAG"
  fi
  _public_address
  printf 'patches:\n'
  storage_patches
  _host_patches
}

# Set a field where a value is given for it. In a list `add` would put one in front of what is there.
patch() { # TARGET PATH VALUE [replace]
  [[ -z $3 ]] || printf -- '- target: %s\n  patch: |\n    [{"op": "%s", "path": "%s", "value": "%s"}]\n' \
    "$1" "${4:-add}" "$2" "$3"
}

_public_address() {
  [[ -n $PUBLIC_HOST ]] || return 0
  local literals="  literals: [\"NANOPORE_PUBLIC_URL=https://$PUBLIC_HOST\"]"
  printf 'configMapGenerator:\n- name: web-settings\n  behavior: merge\n%s\n' "$literals"
  printf -- '- name: sample-settings\n  behavior: merge\n%s\n' "$literals"
}

_host_patches() {
  [[ -n $PUBLIC_HOST ]] || return 0
  patch "{kind: Ingress, name: nanopore-tracking}" /spec/rules/0/host "$PUBLIC_HOST"
  patch "{kind: Ingress, name: nanopore-tracking}" /spec/tls/0/hosts/0 "$PUBLIC_HOST" replace
  patch "{kind: Route, labelSelector: nanopore-tracking/step=ingress}" /spec/host "$PUBLIC_HOST"
  patch "{kind: HTTPRoute, labelSelector: nanopore-tracking/step=ingress}" /spec/hostnames/0 "$PUBLIC_HOST" replace
}

_kustomize() { # NAMESPACE
  mkdir -p "$WORK/overlay"
  cp "$ROOT/deployment/namespace.yaml" "$WORK/overlay/"
  _overlay "$1" > "$WORK/overlay/kustomization.yaml"
  "$KUBE" kustomize "$WORK/overlay" > "$WORK/all.yaml" 2> "$WORK/said" || {
    cat "$WORK/said" >&2
    die "$EXIT_USAGE" "The overlay $OVERLAY cannot be rendered. Nothing was done."
  }
}

# Render everything, and take it apart into $WORK/steps/<step>.yaml and $WORK/objects (step, version, kind, name).
render() { # NAMESPACE
  _kustomize "$1"
  IMAGE=$(awk -v name="$APPLICATION" \
    '{sub(/^[ -]*/, "")} $1 == "image:" && $2 ~ "(^|/)" name "(:|@|$)" {print $2; exit}' "$WORK/all.yaml")
  if [[ -z $MIGRATION ]]; then
    # A Job cannot be changed; each version has its own.
    MIGRATION=${IMAGE##*[:@]}
    MIGRATION=${MIGRATION,,}
    MIGRATION="migration-${MIGRATION//[!a-z0-9]/-}"
    MIGRATION=${MIGRATION:0:52}
    MIGRATION=${MIGRATION%%-}
  fi
  rm -rf "$WORK/steps"
  mkdir "$WORK/steps"
  awk -v folder="$WORK/steps" -v migration="$MIGRATION" -f "$ROOT/scripts/lib/steps.awk" "$WORK/all.yaml" > "$WORK/objects"
  local name
  for name in "$WORK"/steps/*.yaml; do
    name=${name##*/}
    name=${name%.yaml}
    [[ " namespace settings databases migration services autoscaling monitoring ingress " == *" $name "* ]] ||
      die "$EXIT_USAGE" "The label nanopore-tracking/step of an object is $name, which is no step. Nothing was done."
  done
}

# Return the names of what a step has of a kind; without a step, of all steps.
names_in() { # STEP KIND [GROUP]
  local step version kind name
  while IFS=$'\t' read -r step version kind name; do
    [[ $kind != "$2" || (-n $1 && $step != "$1") || (-n ${3:-} && $version != "$3/"*) ]] || printf '%s\n' "$name"
  done < "$WORK/objects"
}
