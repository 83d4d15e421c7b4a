# Takes what kustomize renders apart by the label nanopore-tracking/step, and lists step, version, kind and name of each object.
#
# The migration gets its name here, which the image says: that is known only when everything is rendered.
#
# kustomize writes keys sorted and indented by two, so that lines can be trusted here. What has no label, such as things
# of one's own overlay, is applied before the rest of the product: it may need them.

function put(    place) {
  if (text == "") return
  if (kind == "Namespace") step = "namespace"
  if (step == "") step = "settings"
  if (step == "migration" && kind == "Job" && name ~ /^migration/) {
    sub(/\n  name: [^\n]*\n/, "\n  name: " migration "\n", text)
    name = migration
  }
  place = folder "/" step ".yaml"
  printf "---\n%s", text > place
  printf "%s\t%s\t%s\t%s\n", step, version, kind, name
  text = version = kind = name = step = part = section = ""
}

/^---$/ { put(); next }
{ text = text $0 "\n" }
/^[A-Za-z]/ { section = $1; part = "" }
/^apiVersion: / { version = $2 }
/^kind: / { kind = $2 }
section == "metadata:" && /^  [A-Za-z]/ { part = $1 }
section == "metadata:" && /^  name: / { name = $2 }
section == "metadata:" && part == "labels:" && /^    nanopore-tracking\/step: / { step = $2 }
END { put() }
