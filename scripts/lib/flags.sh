# shellcheck shell=bash
# Reads the flags of a script: in any order, as "--flag value" or "--flag=value". The script has a function `usage`.

# Flag → what it does: VARIABLE=VALUE sets that; VARIABLE takes the word that follows; VARIABLE+ adds it to a list;
# VARIABLE:FUNCTION takes what a function makes of it, which ends the script where it makes nothing of it.
declare -A FLAGS=([--context]=CONTEXT)

read_flags() { # WORD…
  local does value
  while (($#)); do
    does=""
    case $1 in
      --help | -h)
        usage
        exit 0
        ;;
      --?*) does=${FLAGS[$1]:-} ;;
    esac
    if [[ -z $does && $1 == --*=* ]]; then
      set -- "${1%%=*}" "${1#*=}" "${@:2}"
      continue
    fi
    [[ -n $does ]] || usage_error "There is no flag $1."
    if [[ $does == *=* ]]; then
      printf -v "${does%%=*}" %s "${does#*=}"
    else
      value=$(_value_of "$@")
      _take "$does" "$value"
      shift
    fi
    shift
  done
}

_take() { # VARIABLE|VARIABLE+|VARIABLE:FUNCTION VALUE
  local made
  case $1 in
    *+)
      local -n list=${1%+}
      list+=("$2")
      ;;
    *:*)
      made=$("${1#*:}" "$2")
      printf -v "${1%:*}" %s "$made"
      ;;
    *) printf -v "$1" %s "$2" ;;
  esac
}

# The value that follows a flag.
_value_of() { # FLAG VALUE…
  (($# >= 2)) && [[ -n $2 && $2 != --* ]] || usage_error "$1 needs a value."
  printf '%s' "$2"
}

seconds() { # VALUE
  [[ $1 =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "--timeout is a number of seconds, and $1 is none."
  printf '%s' "$1"
}

usage_error() { # SENTENCE
  usage >&2
  printf '\n%s Nothing was done.\n' "$1" >&2
  exit "$EXIT_USAGE"
}
