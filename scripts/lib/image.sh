# shellcheck shell=bash
# Builds the image with the tool that is there, and pushes it where a registry is named.

BUILDER=""      # podman, buildah or docker
REBUILT=false   # whether the image is another one than before

find_builder() {
  local name
  for name in podman buildah docker; do
    if BUILDER=$(command -v "$name"); then return; fi
  done
  die "$EXIT_TOOL" "Neither podman, buildah nor docker is installed, so that no image can be built. Nothing was done."
}

_image_id() {
  case ${BUILDER##*/} in
    buildah) "$BUILDER" inspect --type image --format '{{.FromImageID}}' "$IMAGE" 2> /dev/null || true ;;
    *) "$BUILDER" image inspect --format '{{.Id}}' "$IMAGE" 2> /dev/null || true ;;
  esac
}

build_image() {
  local before
  before=$(_image_id)
  "$BUILDER" build --tag "$IMAGE" ${IMAGE_LOCK:+--build-arg "LOCK=$IMAGE_LOCK"} --file "$ROOT/Dockerfile" "$ROOT" ||
    die "$EXIT_IMAGE" "${BUILDER##*/} did not build $IMAGE; its words are above. The cluster was not changed."
  [[ $(_image_id) == "$before" ]] || REBUILT=true
  if [[ -n $REGISTRY_URL ]]; then
    "$BUILDER" push "$IMAGE" || die "$EXIT_IMAGE" "The image was built, but $IMAGE was not pushed. The cluster was not
changed. Perhaps ${BUILDER##*/} login ${REGISTRY_URL%%/*} is needed first."
  else
    warn "REGISTRY_URL is not set: the image is on this machine only, and the nodes have to get it in another way."
  fi
}
