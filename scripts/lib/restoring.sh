# shellcheck shell=bash
# Restores databases from a backup with the product's own command, in Jobs that see the volume of the backups.
#
# A restored database is made beside the one in use, by its owner, and only then takes its place: a restore that fails
# has changed nothing, and what was replaced is kept.

STAMP=""                # of this run, in the names of what it makes
BACKUP=""               # the folder of the backup
CHOSEN=()               # services
MAY_CREATE=()           # services whose owner may make databases, as long as this runs
declare -A REPLICAS=()     # Deployment that was scaled down → number of pods before

# Run a Job of the product's image and wait for it. ACCESS: the service whose database it may come to as the owner, who
# is $INTO then; "all" for all of them by the names that migrations use; "none".
run_job() { # NAME ACCESS PROGRAM WORD…
  local name=$1
  _job "$@" > "$WORK/job.yaml"
  k create -f "$WORK/job.yaml" > /dev/null
  wait_for_job "$name"
}

_job() { # NAME ACCESS PROGRAM WORD…
  local name=$1 access=$2 word image group
  shift 2
  # On OpenShift the platform says it.
  group=$(field deployment/backup-service .spec.template.spec.securityContext.fsGroup)
  image=$(field deployment/backup-service '.spec.template.spec.containers[0].image')
  cat << JOB
apiVersion: batch/v1
kind: Job
metadata:
  name: $name
  labels: {app.kubernetes.io/name: restore, app.kubernetes.io/part-of: nanopore-tracking}
spec:
  backoffLimit: 0
  activeDeadlineSeconds: $TIMEOUT_S
  ttlSecondsAfterFinished: 86400
  template:
    metadata:
      # What works on databases as their owner has the migration's way to them: see deployment/dependencies.yaml.
      labels: {app: migration, app.kubernetes.io/name: restore, app.kubernetes.io/part-of: nanopore-tracking}
      annotations: {sidecar.istio.io/inject: "false"}
    spec:
      restartPolicy: Never
      # The backup service's, which may fetch the image.
      serviceAccountName: backup-service
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
        fsGroupChangePolicy: OnRootMismatch
        ${group:+fsGroup: $group}
$(_beside_the_backup_service)
      containers:
        - name: restore
          image: $image
          command:
$(for word in "$@"; do printf '            - "%s"\n' "$word"; done)
$(_environment "$access")
          resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: "1", memory: 1Gi}}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: backups, mountPath: /backups, readOnly: true}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - {name: backups, persistentVolumeClaim: {claimName: backups}}
        - {name: tmp, emptyDir: {sizeLimit: 64Mi}}
JOB
}

_environment() { # ACCESS
  local prefix _
  case $1 in
    none) ;;
    all) printf '          envFrom: [{secretRef: {name: migration-env}}]' ;;
    *)
      read -r _ prefix <<< "$(database_of "$1")"
      printf '          env:\n            - name: INTO\n              valueFrom: {secretKeyRef: {name: %s, key: %s}}' \
        migration-env "${prefix}_DB_OWNER_URL"
      ;;
  esac
}

# The volume is mounted on one node at a time.
_beside_the_backup_service() {
  [[ -n $(field deployment/backup-service .status.readyReplicas) ]] || return 0
  cat << AFFINITY
      affinity:
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector:
                matchLabels: {app.kubernetes.io/name: backup-service, app.kubernetes.io/part-of: nanopore-tracking}
AFFINITY
}

# Print the folders of the backups that are there, the newest last.
list_backups() {
  run_job "restore-list-$STAMP" none ls -1 /backups
  k logs "job/restore-list-$STAMP" | grep -E '^[0-9]{8}T[0-9]{6}Z-' | sort || true
}

find_backup() {
  local there
  there=$(list_backups)
  [[ -n $there ]] || die "$EXIT_STEP" "There is no backup on the volume."
  [[ -n $BACKUP ]] || BACKUP=$(tail -n 1 <<< "$there")
  grep -Fxq "$BACKUP" <<< "$there" || die "$EXIT_USAGE" "There is no backup $BACKUP. There are:
$there"
}

# Run statements in the database server of a service, as its superuser; the password comes before them.
sql() { # SERVICE, statements on standard input
  local password
  password=$(kept_secret "$1-db-credentials" superuser-password)
  # shellcheck disable=SC2016  # for the shell in the pod
  { printf '%s\n' "$password" && cat; } | k exec -i "$1-db-0" -c postgres -- bash -c 'read -r PGPASSWORD; export PGPASSWORD
    exec psql --host=/var/run/postgresql --username=nanopore_engine --dbname=postgres --no-psqlrc --quiet --tuples-only \
      --no-align --set=ON_ERROR_STOP=1'
}

# Restore the backup beside what is in use.
restore_beside() { # PREFIX
  local service database size _
  for service in "${CHOSEN[@]}"; do
    read -r database _ <<< "$(database_of "$service")"
    sql "$service" <<< "ALTER ROLE ${database}_owner CREATEDB;"
    MAY_CREATE+=("$service")
    # shellcheck disable=SC2016  # Kubernetes puts the address in where $(INTO) stands
    run_job "restore-$service-$STAMP" "$service" nanopore-tracking backup restore "/backups/$BACKUP" \
      --into '$(INTO)' --prefix "$1" --service "$service"
    size=$(sql "$service" <<< "SELECT pg_size_pretty(pg_database_size('$1$database'));")
    say "  $1$database has $size."
  done
}

scale_down() {
  local name
  for name in $(_deployments); do
    REPLICAS[$name]=$(field "deployment/$name" .spec.replicas)
    ! serves keda.sh || k annotate scaledobjects.keda.sh "$name" autoscaling.keda.sh/paused-replicas=0 --overwrite \
      > /dev/null 2>&1 || true
    k scale "deployment/$name" --replicas=0 > /dev/null
  done
  for name in $(_deployments); do
    # Nobody to wait for is an error to kubectl; who is left over is sent away by the database.
    k wait --for=delete pod --selector="$PART_OF,app.kubernetes.io/name=$name" --timeout=120s > /dev/null 2>&1 || true
  done
}

# The services whose databases are replaced, and the one that reads all of them.
_deployments() { printf '%s-service\n' "${CHOSEN[@]}" backup | sort -u; }

# Put the restored databases in place of those in use, each in one transaction.
swap() { # PREFIX
  local service database _
  for service in "${CHOSEN[@]}"; do
    read -r database _ <<< "$(database_of "$service")"
    sql "$service" << SQL
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('$database', '$1$database') \g /dev/null
BEGIN;
ALTER DATABASE $database RENAME TO before_${STAMP}_$database;
ALTER DATABASE $1$database RENAME TO $database;
REVOKE ALL ON DATABASE $database FROM PUBLIC;
GRANT CONNECT ON DATABASE $database TO ${database}_app, nanopore_backup_reader;
COMMIT;
SQL
    say "  $database is the restored one; what was replaced is before_${STAMP}_$database."
  done
}

# Give the application its rights, and older tables what the present version needs.
migrate_restored() {
  run_job "restore-migration-$STAMP" all nanopore-tracking migrate "${CHOSEN[@]}"
}

scale_up() {
  local name number
  for name in "${!REPLICAS[@]}"; do
    number=${REPLICAS[$name]:-1}
    k scale "deployment/$name" --replicas="$((number > 0 ? number : 1))" > /dev/null || {
      warn "$name was not started again: $(as_typed) scale deployment/$name --replicas=$number"
      continue
    }
    ! serves keda.sh || k annotate scaledobjects.keda.sh "$name" autoscaling.keda.sh/paused-replicas- > /dev/null 2>&1 ||
      true
    unset "REPLICAS[$name]"
  done
}

# However this ends: services run, and owners of databases make no others.
put_back() {
  local service database _
  scale_up
  for service in "${MAY_CREATE[@]}"; do
    read -r database _ <<< "$(database_of "$service")"
    sql "$service" <<< "ALTER ROLE ${database}_owner NOCREATEDB;" || warn "${database}_owner may still make databases."
  done
  MAY_CREATE=()
}

# Drop databases that earlier runs left.
drop_left_over() { # PATTERN
  local service
  for service in "${CHOSEN[@]}"; do
    sql "$service" << SQL
SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database WHERE datname ~ '^($1)_[0-9]{14}_' \gexec
SELECT '  ' || datname || ' is left.' FROM pg_database WHERE datname ~ '^[a-z]+_[0-9]{14}_' ORDER BY 1;
SQL
  done
}
