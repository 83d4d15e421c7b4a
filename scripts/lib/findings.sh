# shellcheck shell=bash
# Looks at one thing after the other in the namespace, shows it, and keeps what is not right.

FINDINGS=()
readonly _OLDEST_BACKUP_H=26   # one a day, and two hours to make it
readonly _LIB=${BASH_SOURCE[0]%/*}

section() { printf '\n== %s\n' "$1"; }
found() { FINDINGS+=("$*"); }

# Show a table; a table that cannot be shown is a finding, and no end.
table() { # WORD…
  k get "$@" 2>&1 || found "$(as_typed) get $1 does not work."
}

# Run through what a query gives: a name and a value on each line. "a}/{b" asks for two fields, with / between them.
each() { # KIND JSONPATH-OF-VALUE FUNCTION
  local name value
  while IFS=$'\t' read -r name value; do
    [[ -z $name ]] || "$3" "$name" "$value"
  done < <(k get "$1" --selector="$PART_OF" \
    -o "jsonpath={range .items[*]}{.metadata.name}{'\t'}{$2}{'\n'}{end}" 2> /dev/null || true)
}

look_at_pods() {
  local name
  section "Pods"
  table pods --selector="$PART_OF" -o wide
  for name in $(pods_in_trouble); do
    found "The pod $name is not ready."
    section "What $name said last"
    k logs "pod/$name" --all-containers --prefix --tail=30 2>&1 || true
    k logs "pod/$name" --all-containers --prefix --tail=30 --previous 2> /dev/null || true
  done
  section "Warnings of the cluster"
  k get events --field-selector=type=Warning --sort-by=.lastTimestamp 2>&1 | tail -n 20 || true
}

look_at_rollouts() {
  section "Rollouts"
  table deployments,statefulsets --selector="$PART_OF" -o wide
  each deployments '.status.conditions[?(@.type=="Progressing")].reason' _rollout
  each deployments .status.unavailableReplicas _unavailable
  each deployments .spec.replicas _none
  each statefulsets '.spec.replicas}/{.status.readyReplicas' _ready
}

_rollout() { [[ $2 != ProgressDeadlineExceeded ]] || found "The rollout of $1 does not get on."; }
_unavailable() { [[ -z $2 || $2 == 0 ]] || found "$1 lacks $2 of its pods."; }
_none() { [[ $2 != 0 ]] || found "$1 is scaled to no pod at all."; }
_ready() { # NAME WANTED/READY, which is not said when it is none
  local ready=${2#*/}
  [[ ${2%/*} == "${ready:=0}" ]] || found "$1 has $ready of ${2%/*} pods ready."
}

look_at_autoscaling() {
  local kind=horizontalpodautoscalers
  section "Autoscaling"
  # Before 1.23 the version that is shown unless another is named says nothing of conditions.
  serves autoscaling/v2 || kind+=.v2beta2.autoscaling
  table "$kind" --selector="$PART_OF"
  each "$kind" '.status.conditions[?(@.type=="ScalingActive")].status' _scaling
  each "$kind" '.status.currentReplicas}/{.spec.maxReplicas' _at_most
}

_scaling() { [[ $2 != False ]] || found "The autoscaler $1 has no measure to go by; it makes nothing smaller."; }
_at_most() { [[ ${2%/*} != "${2#*/}" ]] || found "$1 has as many pods as it may have."; }

look_at_volumes() {
  section "Volumes"
  table persistentvolumeclaims --selector="$PART_OF"
  each persistentvolumeclaims .status.phase _bound
}

_bound() { [[ $2 == Bound ]] || found "The volume $1 is ${2:-not there yet}."; }

look_at_jobs() {
  section "Jobs"
  table cronjobs,jobs --selector="$PART_OF"
  each jobs '.status.conditions[?(@.status=="True")].type' _job
}

_job() { [[ " $2 " != *" Failed "* ]] || found "The Job $1 failed: $(as_typed) logs job/$1 --all-containers"; }

look_at_services() {
  local name said names=(sample-service ai-service audit-service backup-service config-service web)
  section "Health, dead letters and backups, as each service says"
  # All at once: one that has no pod is waited for, and the others do not wait with it.
  for name in "${names[@]}"; do _ask "$name" & done
  wait
  for name in "${names[@]}"; do
    if [[ -f $WORK/answered-$name ]]; then
      said=$(< "$WORK/said-$name")
      say "$name: $(joined_lines "$said")"
      _judge "$name" "$said"
    else
      say "$name: $(tail -n 1 "$WORK/refused-$name")"
      found "$name could not be asked."
    fi
  done
}

# Ask a service inside its pod: what it says is in $WORK/said-<service>, and there is answered-<service>; else why not is
# in refused-<service>.
_ask() { # SERVICE
  if k exec -i --pod-running-timeout=2s "deployment/$1" -c "$1" -- python3 - < "$_LIB/inside.py" \
    > "$WORK/said-$1" 2> "$WORK/refused-$1"; then : > "$WORK/answered-$1"; fi
}

joined_lines() { printf '%s' "${1//$'\n'/, }"; }

_judge() { # SERVICE LINES
  local word value
  while read -r word value; do
    case $word in
      health) [[ $value == ok ]] || found "$1 says of itself that it is $value." ;;
      dead-letters) [[ $value == 0 ]] || found "$1 has $value events that wait for a person." ;;
      halted) [[ $value == 0 ]] || found "$1 does not go on with the events of $value services." ;;
      backup-age-h)
        if [[ $value == none ]]; then
          found "There is no backup."
        elif ((value > _OLDEST_BACKUP_H)); then
          found "The newest backup is $value hours old."
        fi
        ;;
    esac
  done <<< "$2"
}

look_at_addresses() {
  section "Addresses"
  if $OPENSHIFT; then table routes --selector="$PART_OF"; else table ingresses --selector="$PART_OF"; fi
  table services --selector="$PART_OF"
}
