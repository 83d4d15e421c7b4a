# shellcheck shell=bash
# Runs a Job and waits for its end; what it said is shown when it failed.

# Run the migration of the rendered version anew: its Job cannot be changed, and running it again changes nothing.
migrate() {
  k delete "job/$MIGRATION" --ignore-not-found > /dev/null
  apply migration
  wait_for_job "$MIGRATION"
  say "  The databases are as this version needs them."
}

wait_for_job() { # NAME
  local until=$((SECONDS + TIMEOUT_S)) state
  while true; do
    state=$(field "job/$1" '.status.conditions[?(@.status=="True")].type')
    case " $state " in
      *" Complete "*) return ;;
      *" Failed "*)
        _job_said "$1"
        die "$EXIT_STEP" "The Job $1 failed. What it said is above."
        ;;
    esac
    if ((SECONDS >= until)); then
      _job_said "$1"
      die "$EXIT_STEP" "The Job $1 did not end within $TIMEOUT_S seconds."
    fi
    sleep "$POLL_SECONDS"
  done
}

_job_said() { k logs "job/$1" --all-containers --prefix --tail=50 >&2 || true; }
