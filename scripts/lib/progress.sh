# shellcheck shell=bash
# shellcheck disable=SC2034  # who sources this uses what is set here
# What a script says while it works, and what it says of itself when it ends before its end.

((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || {
  echo "This needs bash 4.4 or newer, and this is ${BASH_VERSION}. Nothing was done." >&2
  exit 3
}

# A command that fails in $(…) is a failure there as well.
shopt -s inherit_errexit

readonly EXIT_USAGE=2 EXIT_TOOL=3 EXIT_SERVER=4 EXIT_STEP=5 EXIT_IMAGE=6 EXIT_UNCONFIRMED=7
readonly EXIT_CODES="Exit codes:
  0    done
  2    a flag or a setting is wrong; nothing was done
  3    a program that is needed is missing; nothing was done
  4    the cluster is not reachable, or does not know who you are
  5    a step failed or took too long
  6    the image was not built or not pushed
  7    not confirmed; nothing was done
  130  interrupted"

STEPS=()        # names of all steps, in order
STEPS_DONE=()   # names of those that are done
STEP=""         # the one that is being done
GO_ON=""        # how to go on after a failure
WORK=""         # a folder of this run alone
ON_FAILURE=:    # what looks for the reason when a step failed
ON_END=:        # what has to be put right however the script ends

say() { printf '%s\n' "$*"; }
warn() { printf 'Note: %s\n' "$*" >&2; }

die() { # CODE SENTENCE…
  local code=$1
  shift
  printf '%s\n' "$*" >&2
  leave "$code"
}

# End with a code that is meant; a program that fails has one of its own, which means something else.
leave() { # CODE
  [[ -z $WORK ]] || : > "$WORK/meant"
  exit "$1"
}

# Begin a step; the one before is done.
step() { # NAME SENTENCE
  [[ -z $STEP ]] || STEPS_DONE+=("$STEP")
  STEP=$1
  say "[$((${#STEPS_DONE[@]} + 1))/${#STEPS[@]}] $2"
}

joined() {
  local IFS=,
  local found="$*"
  printf '%s' "${found//,/, }"
}

_ended() {
  local code=$? later=() name
  trap - EXIT
  trap '' INT TERM
  [[ $code == 0 || $code -gt 128 || -f $WORK/meant ]] || {
    code=$EXIT_STEP
    [[ -n $STEP ]] || echo "That failed before anything was done." >&2
  }
  if ((code != 0)) && [[ -n $STEP ]]; then
    for name in "${STEPS[@]}"; do
      [[ " ${STEPS_DONE[*]} $STEP " == *" $name "* ]] || later+=("$name")
    done
    {
      echo
      echo "Stopped at: $STEP."
      echo "Done before: $(joined "${STEPS_DONE[@]:-nothing}")."
      echo "Not done: $(joined "${later[@]:-nothing else}")."
    } >&2
    ((code != EXIT_STEP)) || "$ON_FAILURE" >&2 || true
    [[ -z $GO_ON ]] || printf '%s\n' "$GO_ON" >&2
  fi
  "$ON_END" || true
  [[ -z $WORK ]] || rm -rf "$WORK"
  exit "$code"
}

# Make the folder of this run, and see to it that it goes with the run.
begin() {
  umask 077
  trap _ended EXIT
  trap 'leave 130' INT
  trap 'leave 143' TERM
  WORK=$(mktemp -d)
  WORK=$(cd "$WORK" && pwd -P)
}

# Ask for a word; go on only when it is typed.
confirm() { # WORD QUESTION
  local answer=""
  printf '%s\nType %s to go on: ' "$2" "$1" >&2
  read -r answer || true
  [[ $answer == "$1" ]] || die "$EXIT_UNCONFIRMED" "That was not confirmed. Nothing was done."
}

# Return how many seconds are left, at least one.
left() { # UNTIL
  local left=$(($1 - SECONDS))
  printf '%s' "$((left > 1 ? left : 1))"
}
