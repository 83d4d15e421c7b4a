# shellcheck shell=bash
# shellcheck disable=SC2034  # who sources this uses what is set here
# What the environment says, checked before anything is done with it: all of it ends up in YAML.

: "${NAMESPACE:=nanopore-tracking}" "${IMAGE_TAG:=}" "${REGISTRY_URL:=}" "${PUBLIC_HOST:=}" "${POLL_SECONDS:=2}"
: "${STORAGE_CLASS_FAST:=}" "${STORAGE_CLASS_STANDARD:=}"

readonly PART_OF=app.kubernetes.io/part-of=nanopore-tracking
readonly APPLICATION=nanopore-tracking-app
readonly SERVICES=(sample ai audit backup config)

_is_name='^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'
_is_host='^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'
_is_tag='^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$'
_is_pause='^(0\.[0-9]*[1-9][0-9]*|[1-9][0-9]{0,2}(\.[0-9]+)?)$'
_is_registry='^[a-zA-Z0-9.-]+(:[0-9]+)?(/[a-z0-9._/-]+)?$'

_must_fit() { # VARIABLE PATTERN WHAT
  [[ -z ${!1} || ${!1} =~ $2 ]] || die "$EXIT_USAGE" "$1 is \"${!1}\", which is no $3. Nothing was done."
}

check_settings() {
  REGISTRY_URL=${REGISTRY_URL#*://}
  REGISTRY_URL=${REGISTRY_URL%/}
  ((${#NAMESPACE} <= 63)) || die "$EXIT_USAGE" "NAMESPACE is longer than 63 characters. Nothing was done."
  _must_fit NAMESPACE "$_is_name" "name of a namespace"
  _must_fit IMAGE_TAG "$_is_tag" "tag of an image"
  _must_fit REGISTRY_URL "$_is_registry" "registry, such as registry.example.org/lab"
  _must_fit PUBLIC_HOST "$_is_host" "name of a host"
  _must_fit POLL_SECONDS "$_is_pause" "number of seconds above 0 and below 1000"
  _must_fit STORAGE_CLASS_FAST "$_is_host" "name of a storage class"
  _must_fit STORAGE_CLASS_STANDARD "$_is_host" "name of a storage class"
}

# Return "database prefix" of a service: what its database is called, and what its variables begin with.
database_of() {
  case $1 in
    sample) echo nanopore_samples SAMPLES ;;
    ai | audit | backup | config) echo "nanopore_$1 ${1^^}" ;;
  esac
}
