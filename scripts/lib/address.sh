# shellcheck shell=bash
# Where the product is found, and how its first administrator signs in.

public_host() {
  local host="" kind name
  for kind in Route Ingress HTTPRoute; do
    for name in $(names_in ingress "$kind"); do
      case $kind in
        Route) host=$(field "routes.route.openshift.io/$name" .spec.host) ;;
        Ingress) host=$(field "ingresses.networking.k8s.io/$name" '.spec.rules[0].host') ;;
        HTTPRoute) host=$(field "httproutes.gateway.networking.k8s.io/$name" '.spec.hostnames[0]') ;;
      esac
      [[ -z $host ]] || { printf '%s' "$host" && return; }
    done
  done
}

tell_address() {
  local host
  host=$(public_host)
  say ""
  if [[ -n $host && $host != *.example.org ]]; then
    say "Nanopore Tracking is at https://$host"
  else
    say "Nanopore Tracking has no address of its own yet; set PUBLIC_HOST and run this again. Until then:"
    say "  $(as_typed) port-forward service/web 8000:8000    and open http://127.0.0.1:8000"
  fi
  if [[ -n $(field secret/nanopore-admin .metadata.name) ]]; then
    say "Sign in as admin; the first password is told by"
    say "  $(as_typed) get secret nanopore-admin -o 'jsonpath={.data.password}' | base64 -d"
    say "Change it, then delete that Secret."
  fi
}
