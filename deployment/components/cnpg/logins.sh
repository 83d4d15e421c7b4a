#!/usr/bin/env bash
# Makes the Secrets that CloudNativePG reads (username and password) from <name>-db-credentials, in $NAMESPACE.
set -euo pipefail
: "${NAMESPACE:?NAMESPACE is not set. Nothing was made.}"
kubectl=${KUBECTL:-kubectl}

login() { # database's Secret, name of the login, role
  local password
  password=$("$kubectl" --namespace="$NAMESPACE" get secret "$1-credentials" --output="jsonpath={.data.$2-password}" | base64 --decode)
  if [ -z "$password" ]; then
    echo "The Secret $1-credentials has no $2-password. Run scripts/deploy-microservices.sh once, or make it." >&2
    exit 1
  fi
  printf '{"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/basic-auth", "metadata": {"name": "%s-%s-login",
    "labels": {"cnpg.io/reload": "true", "app.kubernetes.io/part-of": "nanopore-tracking"}}, "stringData": {"username": "%s", "password": "%s"}}' "$1" "$2" "$3" "$password" |
    "$kubectl" --namespace="$NAMESPACE" apply --server-side --filename=-
}

while read -r name database; do
  login "$name" owner "${database}_owner"
  login "$name" app "${database}_app"
  login "$name" reader nanopore_backup_reader
done << 'END'
sample-db nanopore_samples
ai-db nanopore_ai
audit-db nanopore_audit
backup-db nanopore_backup
config-db nanopore_config
END
