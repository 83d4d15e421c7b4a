# shellcheck shell=bash
# Secrets: made once, at random, and left alone when they are there. Each pod mounts its own only.
#
# Addresses are put together from the passwords that are in the cluster, so that a run that was interrupted goes on where
# it was. Nothing secret is an argument of a program: those can be read in the list of processes.

THERE=" "           # names of the Secrets that exist
MADE=()             # names of those that this run makes
declare -A VALUES=()   # <name>/<key> → value of these

make_secrets() {
  local service existing=""
  ! $ANSWERS || existing=$(k get secrets -o 'jsonpath={.items[*].metadata.name}')
  THERE=" $existing $(names_in '' ExternalSecret | tr '\n' ' ') "
  # Only the first start needs it, and it may be deleted afterwards: made anew, it would be nobody's password. So it
  # comes before the Secret that tells a first start by its absence.
  is_there config-db-credentials || make nanopore-admin password @
  make config-signing-key signing-key.pem "$(signing_key)"
  make nats-credentials password @
  make grafana-admin user admin password @
  for service in "${SERVICES[@]}"; do
    make "$service-db-credentials" superuser-password @ owner-password @ app-password @ reader-password @
  done
  for service in "${SERVICES[@]}"; do _service_env "$service"; done
  _migration_env
  ((${#MADE[@]})) && ! $SHOW || return 0
  k create -f "$WORK/secrets.yaml" > /dev/null
  rm "$WORK/secrets.yaml"
  say "  made: $(joined "${MADE[@]}")"
}

is_there() { [[ $THERE == *" $1 "* ]]; }

# Make a Secret of keys and values unless it is there; "@" is a value at random. In a file of this run alone: all of
# them are sent at once.
make() { # NAME KEY VALUE…
  ! is_there "$1" || return 0
  if $SHOW; then _listed "$@"; else _manifest "$@" >> "$WORK/secrets.yaml"; fi
  THERE+="$1 "
  MADE+=("$1")
}

_listed() { # NAME KEY VALUE…
  local name=$1 keys=()
  shift
  while (($#)); do
    keys+=("$1")
    shift 2
  done
  say "# Secret $name would be made, with $(joined "${keys[@]}")."
}

_manifest() { # NAME KEY VALUE…
  local name=$1 value encoded
  printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  labels:\n    %s\ndata:\n' "$1" "${PART_OF/=/: }"
  shift
  while (($#)); do
    value=$2
    [[ $value != @ ]] || random value
    [[ -n $value ]] || die "$EXIT_STEP" "There is no value for a key of a Secret; it was not made."
    VALUES[$name/$1]=$value
    encoded=$(printf '%s' "$value" | base64)
    printf '  %s: %s\n' "$1" "${encoded//[[:space:]]/}"
    shift 2
  done
}

# Set a variable to 192 bits that stand in an address and in a file of settings without quotes.
random() { # VARIABLE
  local bits
  bits=$(od -An -N24 -tx1 /dev/urandom)
  printf -v "$1" %s "${bits//[[:space:]]/}"
}

signing_key() {
  local key
  # Not every openssl knows this kind of key.
  key=$(openssl genpkey -algorithm ed25519 2> /dev/null) || key=$(python3 - 2> /dev/null <<- 'PYTHON'
	from cryptography.hazmat.primitives import serialization as how
	from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

	key = Ed25519PrivateKey.generate()
	print(key.private_bytes(how.Encoding.PEM, how.PrivateFormat.PKCS8, how.NoEncryption()).decode())
	PYTHON
  ) || key=""
  [[ $key == "-----BEGIN PRIVATE KEY-----"* ]] || die "$EXIT_TOOL" \
    "There is neither an openssl that makes Ed25519 keys nor a python3 with the package cryptography. Install one."
  printf '%s\n' "$key"
}

# Return a value of a Secret, of this run or of the cluster.
secret() { # NAME KEY
  if [[ -n ${VALUES[$1/$2]:-} ]]; then printf '%s' "${VALUES[$1/$2]}"; else kept_secret "$1" "$2"; fi
}

_address() { # SERVICE ROLE KEY
  local database password=shown _
  read -r database _ <<< "$(database_of "$1")"
  $SHOW || password=$(secret "$1-db-credentials" "$3")
  [[ -n $password ]] || die "$EXIT_STEP" "The Secret $1-db-credentials has no $3."
  printf 'postgresql://%s:%s@%s-db:5432/%s' "$2" "$password" "$1" "$database"
}

_service_env() { # SERVICE
  local database prefix address values other
  ! is_there "$1-service-env" || return 0
  read -r database prefix <<< "$(database_of "$1")"
  address=$(_address "$1" "${database}_app" app-password)
  values=("${prefix}_DB_URL" "$address")
  if [[ $1 == backup ]]; then
    for other in "${SERVICES[@]}"; do
      address=$(_address "$other" nanopore_backup_reader reader-password)
      values+=("NANOPORE_BACKUP_${other^^}_URL" "$address")
    done
  fi
  make "$1-service-env" "${values[@]}"
}

_migration_env() {
  local service database prefix address values=()
  ! is_there migration-env || return 0
  for service in "${SERVICES[@]}"; do
    read -r database prefix <<< "$(database_of "$service")"
    address=$(_address "$service" "${database}_owner" owner-password)
    # Of the application's role it has to know the name only.
    values+=("${prefix}_DB_URL" "postgresql://${database}_app@$service-db:5432/$database")
    values+=("${prefix}_DB_OWNER_URL" "$address")
  done
  make migration-env "${values[@]}"
}

# Give CloudNativePG the passwords in the form that it reads.
make_logins() {
  [[ -n $(names_in databases Cluster postgresql.cnpg.io) ]] || return 0
  printf '#!/usr/bin/env bash\nexec %q %q "$@"\n' "$KUBE" "--context=$CONTEXT" > "$WORK/kubectl"
  chmod +x "$WORK/kubectl"
  NAMESPACE=$NAMESPACE KUBECTL=$WORK/kubectl bash "$ROOT/deployment/components/cnpg/logins.sh" > /dev/null
}
