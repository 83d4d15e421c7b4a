"""The programs that stand in for kubectl, oc, podman, buildah and docker; recording.py runs scripts with them."""
