# shellcheck shell=bash
# Storage classes: those that are asked for, and those that volumes have already, since a class cannot be changed.

# Write patches for what is made new, then for what is there; kustomize lets the later one win.
storage_patches() {
  patch "{kind: StatefulSet, labelSelector: nanopore-tracking/step=databases}" \
    /spec/volumeClaimTemplates/0/spec/storageClassName "$STORAGE_CLASS_FAST"
  patch "{group: postgresql.cnpg.io, kind: Cluster}" /spec/storage/storageClass "$STORAGE_CLASS_FAST"
  patch "{kind: StatefulSet, labelSelector: nanopore-tracking/step=monitoring}" \
    /spec/volumeClaimTemplates/0/spec/storageClassName "$STORAGE_CLASS_STANDARD"
  patch "{version: v1, kind: PersistentVolumeClaim}" /spec/storageClassName "$STORAGE_CLASS_STANDARD"
  [[ ! -f $WORK/kept-classes ]] || cat "$WORK/kept-classes"
}

# Look which classes the cluster's volumes have; end when another one is asked for.
keep_storage_classes() {
  local template='.spec.volumeClaimTemplates[0].spec.storageClassName'
  : > "$WORK/kept-classes"
  _keep StatefulSet "nanopore-tracking/step=databases" "$template" STORAGE_CLASS_FAST
  _keep StatefulSet "nanopore-tracking/step=monitoring" "$template" STORAGE_CLASS_STANDARD
  _keep PersistentVolumeClaim "nanopore-tracking/step" .spec.storageClassName STORAGE_CLASS_STANDARD
  ! serves postgresql.cnpg.io ||
    _keep Cluster.postgresql.cnpg.io "nanopore-tracking/step=databases" .spec.storage.storageClass STORAGE_CLASS_FAST
}

_keep() { # KIND SELECTOR PATH VARIABLE
  local name class found path=/${3#.}
  path=${path//\[/\/}
  path=${path//\]/}
  found=$(k get "$1" --selector="$PART_OF,$2" -o "jsonpath={range .items[*]}{.metadata.name}{' '}{$3}{'\n'}{end}")
  while read -r name class; do
    [[ -n $name ]] || continue
    if [[ -n ${!4} && ${!4} != "$class" ]]; then
      die "$EXIT_USAGE" "$4 is ${!4}, but $1 $name is there with the storage class ${class:-of the cluster}.
A volume cannot change its class. Nothing was done. Leave $4 unset to keep what is there."
    fi
    patch "{kind: ${1%%.*}, name: $name}" "${path//./\/}" "$class" >> "$WORK/kept-classes"
  done <<< "$found"
}
