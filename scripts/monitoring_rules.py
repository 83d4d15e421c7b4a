"""Writes the rules of Prometheus as its operator wants them, from the files that Prometheus reads; for `make rules`."""

import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[1]
RULES = ROOT / "deployment" / "openshift" / "files" / "monitoring" / "prometheus" / "rules"
PAGE = ROOT / "deployment" / "components" / "user-workload-monitoring" / "prometheus-rule.yaml"

_HEAD = """\
# Written by `make rules` from the files in openshift/files/monitoring/prometheus/rules; change those instead.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: nanopore-tracking
  labels:
    app.kubernetes.io/part-of: nanopore-tracking
    nanopore-tracking/step: monitoring
spec:
  groups:
"""


def page() -> str:
    """Return what the file says: the groups of all files as they are written there, moved in."""
    texts = [file.read_text("utf-8").partition("\ngroups:\n")[2] for file in sorted(RULES.glob("*.yml"))]
    return _HEAD + textwrap.indent("".join(texts), "  ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
