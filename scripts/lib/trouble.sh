# shellcheck shell=bash
# What goes on in the namespace, as far as it tells why something does not run.

# Pods that are on their way out are in no trouble.
pods_in_trouble() {
  k get pods --selector="$PART_OF" -o 'jsonpath={range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\t"}{.metadata.deletionTimestamp}{"\t"}{range .status.initContainerStatuses[*]}{.ready}{","}{end}{range .status.containerStatuses[*]}{.ready}{","}{end}{"\n"}{end}' |
    awk -F '\t' '$2 != "Succeeded" && $3 == "" && ($2 != "Running" || $4 ~ /false/) {print $1}'
}

show_trouble() {
  local pods name
  pods=$(pods_in_trouble) || return 0
  echo
  k get pods --selector="$PART_OF" -o wide || true
  for name in $pods; do
    echo
    echo "What $name said last:"
    k logs "pod/$name" --all-containers --prefix --tail=20 2>&1 || true
  done
  echo
  echo "Warnings:"
  k get events --field-selector=type=Warning --sort-by=.lastTimestamp | tail -n 15 || true
}
