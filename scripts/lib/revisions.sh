# shellcheck shell=bash
# Which revision of each Deployment is meant by "before", or by the tag of an image.

declare -A TARGETS=()   # Deployment → revision to go to
declare -A WAS=()       # Deployment → image now
declare -A WILL_BE=()   # Deployment → image afterwards

# Decide for all Deployments before anything is changed.
plan_rollback() { # TAG NAME…
  local tag=$1 names name
  shift
  names=$(k get deployments --selector="$PART_OF,nanopore-tracking/step=services" -o 'jsonpath={.items[*].metadata.name}')
  for name in "$@"; do
    [[ " $names " == *" $name "* ]] || die "$EXIT_USAGE" "There is no $name. Nothing was changed. There are: $names."
  done
  for name in $names; do
    WAS[$name]=$(field "deployment/$name" '.spec.template.spec.containers[0].image')
    WILL_BE[$name]=${WAS[$name]}
    if (($# == 0)) || [[ " $* " == *" $name "* ]]; then _decide "$name" "$tag"; fi
  done
  if (($#)); then return; fi
  _refuse_mixture
}

_decide() { # NAME TAG
  local now revision image
  now=$(field "deployment/$1" '.metadata.annotations.deployment\.kubernetes\.io/revision')
  while read -r revision image; do
    if [[ -z $revision ]] || ((revision >= now)); then continue; fi
    if [[ -z $2 || $image == *":$2" ]]; then
      TARGETS[$1]=$revision
      WILL_BE[$1]=$image
      return
    fi
  done < <(k get replicasets.apps --selector="$PART_OF,app.kubernetes.io/name=$1" -o "jsonpath={range .items[*]}{.metadata\
.annotations.deployment\.kubernetes\.io/revision}{' '}{.spec.template.spec.containers[0].image}{'\n'}{end}" | sort -rn)
  [[ -n $2 && ${WAS[$1]} == *":$2" ]] || die "$EXIT_USAGE" "The cluster does not keep ${2:-what was} before of $1.
Nothing was changed. IMAGE_TAG=${2:-…} scripts/deploy-microservices.sh puts any version in place."
}

# Where some Deployments were changed more often than others, "before" is not one version of the product. Going back
# with a single service is its caller's decision; ending up in a mixture by accident is not.
_refuse_mixture() {
  local name images
  images=$(for name in "${!WILL_BE[@]}"; do
    [[ ${WILL_BE[$name]} != */"$APPLICATION"-* && ${WILL_BE[$name]} != "$APPLICATION"-* ]] || continue
    printf '%s\n' "${WILL_BE[$name]}"
  done | sort -u)
  [[ $images != *$'\n'* ]] || die "$EXIT_USAGE" "Afterwards services would be of different versions:
$images
Nothing was changed. Name a version with --to-tag, or the services that are meant with --service."
}

tell_plan() {
  local name
  for name in "${!TARGETS[@]}"; do
    say "$name: ${WAS[$name]} → ${WILL_BE[$name]} (revision ${TARGETS[$name]})"
  done
  ((${#TARGETS[@]})) || say "Everything is of that version already. Nothing was changed."
}
