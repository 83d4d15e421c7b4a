# shellcheck shell=bash
# Gives this process an account with a name: initdb asks for one, and an account that the cluster made up has none.
if ! getent passwd "$(id -u)" > /dev/null; then
  wrapper=$(find /usr/lib /usr/lib64 -name libnss_wrapper.so -print -quit 2> /dev/null || true)
  if [ -n "$wrapper" ]; then
    echo "postgres:x:$(id -u):$(id -g)::/tmp:/bin/false" > /tmp/passwd
    echo "postgres:x:$(id -g):" > /tmp/group
    export LD_PRELOAD="$wrapper" NSS_WRAPPER_PASSWD=/tmp/passwd NSS_WRAPPER_GROUP=/tmp/group
  fi
fi
