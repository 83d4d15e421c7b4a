#!/bin/sh
# Puts promtool and amtool into a folder, for the tests of rules and alerts, where the system has none of its own: taken
# out of the system's packages, as installing these would start a Prometheus on this machine. Never fails: without the
# tools those tests are skipped and say so.
folder=$1
missing=""
for tool in promtool amtool; do
  if [ ! -x "$folder/$tool" ] && ! command -v "$tool" > /dev/null; then missing="$missing $tool"; fi
done
if [ -z "$missing" ]; then exit 0; fi
if ! command -v apt-get > /dev/null || ! command -v dpkg-deb > /dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2> /dev/null; then as_root="sudo -n"; else as_root=false; fi
echo "Fetching$missing for the tests of monitoring …"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in $missing; do
  case $tool in promtool) package=prometheus ;; *) package=prometheus-alertmanager ;; esac
  if (
    cd "$work" || exit 1
    # The lists of packages may be missing or old, and only root may fetch new ones.
    apt-get download -qq "$package" > /dev/null 2>&1 ||
      { $as_root apt-get update -qq > /dev/null 2>&1 && apt-get download -qq "$package" > /dev/null 2>&1; } || exit 1
    dpkg-deb -x "$package"_*.deb "$tool.files" && [ -x "$tool.files/usr/bin/$tool" ]
  ); then
    cp "$work/$tool.files/usr/bin/$tool" "$folder/$tool"
  else
    echo "$tool could not be fetched; the tests that need it will be skipped."
  fi
done
exit 0
