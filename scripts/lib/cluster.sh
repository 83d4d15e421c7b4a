# shellcheck shell=bash
# shellcheck disable=SC2034  # who sources this uses what is set here
# The cluster: which program talks to it, whether it answers, and whether it knows who asks.

CONTEXT=""      # of the kubeconfig; empty: the present one
KUBE=kubectl    # the program, oc where the server is OpenShift and it is there
OPENSHIFT=false # whether the server is one
ANSWERS=false   # whether a server answers and knows who asks

# Ask the cluster; the context and the namespace are said each time, so that no kubeconfig has to be changed.
k() { "$KUBE" ${CONTEXT:+--context="$CONTEXT"} --namespace="$NAMESPACE" "$@"; }

# The same as a person would type it.
as_typed() { printf '%s' "${KUBE##*/}${CONTEXT:+ --context=$CONTEXT} -n $NAMESPACE"; }

find_cluster_tool() {
  KUBE=$(command -v kubectl || command -v oc || true)
  [[ -n $KUBE ]] || die "$EXIT_TOOL" "Neither kubectl nor oc is installed. Nothing was done. Install one of them."
}

# Whether a server answers; its own words are in $WORK/said.
reachable() {
  k get --raw /version --request-timeout=15s > /dev/null 2> "$WORK/said" || return
  if k get --raw /apis/route.openshift.io/v1 --request-timeout=15s > /dev/null 2>&1; then
    OPENSHIFT=true
    KUBE=$(command -v oc || printf '%s' "$KUBE")
  fi
}

# Whether the server knows who asks; `whoami` exists in neither every kubectl nor every oc.
known() {
  local answer
  answer=$(k auth can-i create deployments.apps --request-timeout=15s 2> "$WORK/said") || true
  # "no" is an answer as well: where a namespace is made first, its maker gets the right with it.
  [[ $answer == yes* || $answer == no* ]]
}

require_cluster() {
  reachable || die "$EXIT_SERVER" "The cluster does not answer: $(tail -n 1 "$WORK/said")
Nothing was done. Look at KUBECONFIG and --context; $(as_typed) get pods has to work."
  known || die "$EXIT_SERVER" "The cluster does not know who you are: $(tail -n 1 "$WORK/said")
Nothing was done. Sign in first; $(as_typed) auth can-i create deployments has to answer."
  ANSWERS=true
}

# Whether the server has an API: a group, such as keda.sh, or one of its versions.
serves() { # GROUP[/VERSION]
  local version
  [[ -f $WORK/versions ]] || k api-versions > "$WORK/versions"
  while read -r version; do
    [[ $version/ != "$1/"* ]] || return 0
  done < "$WORK/versions"
  return 1
}

# End when something that is rendered is of a kind that the server does not have.
require_served() {
  local version kinds
  while read -r version kinds; do
    [[ $version != */* ]] || serves "$version" || die "$EXIT_USAGE" \
      "The server does not know $version, which $kinds is of. Nothing was done.
Install what brings it, or leave out the component that asks for it."
  done < <(awk -F '\t' '{print $2, $3}' "$WORK/objects" | sort -u)
}

# Return a field of an object, nothing when there is no such object or field.
field() { # KIND/NAME JSONPATH
  k get "$1" --ignore-not-found -o "jsonpath={$2}"
}

# Return a value of a Secret.
kept_secret() { # NAME KEY
  # A point in a key would be taken for a step into it.
  k get "secret/$1" -o "jsonpath={.data.${2//./\\.}}" | base64 -d
}

require_installed() {
  [[ -n $(field deployment/config-service .metadata.name) ]] ||
    die "$EXIT_STEP" "There is no Nanopore Tracking in the namespace $NAMESPACE. Nothing was done. Is NAMESPACE right?"
}
