"""What a dashboard must have for Grafana to show it as it is meant."""

from collections.abc import Iterator, Mapping, Sequence

from tests.deployment.rendering import Thing

#: Panels that Grafana 12 draws and that these dashboards need.
_PANELS = frozenset({"timeseries", "stat", "bargauge", "table"})
_WIDTH = 24
_OLDEST_SCHEMA = 39


def unfit_dashboards(dashboards: Mapping[str, Thing], uids: set[str]) -> list[str]:
    """What Grafana would not show, or not as it is meant. uids: of the data sources that there are."""
    found = []
    seen: dict[str, str] = {}
    for name, dashboard in dashboards.items():
        if "panels" not in dashboard or "dashboard" in dashboard:
            found.append(f"{name} is no dashboard as Grafana reads it from a file")
            continue
        if dashboard.get("schemaVersion", 0) < _OLDEST_SCHEMA:
            found.append(f"{name} has an old schema or none")
        uid = dashboard.get("uid", "")
        if not uid or uid in seen:
            found.append(f"{name} has no uid of its own")
        seen[uid] = name
        found += [f"{name}, {panel.get('title')}: {wrong}" for panel, wrong in _unfit_panels(dashboard["panels"], uids)]
        found += [f"{name}: a panel stands on another or beside the page" for _ in _collisions(dashboard["panels"])]
    return found


def _unfit_panels(panels: Sequence[Thing], uids: set[str]) -> Iterator[tuple[Thing, str]]:
    for panel in panels:
        if panel["type"] not in _PANELS:
            yield panel, f"{panel['type']} is not drawn"
        if not panel.get("title"):
            yield panel, "it has no title"
        if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
            yield panel, "it has no unit"
        if not panel.get("targets"):
            yield panel, "it asks nothing"
        for place in (panel, *panel.get("targets", [])):
            if place.get("datasource", {}).get("uid") not in uids:
                yield panel, "it asks a data source that is not there"


def _collisions(panels: Sequence[Thing]) -> Iterator[tuple[int, int]]:
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if (x, y) in taken or x >= _WIDTH:
                    yield x, y
                    return
                taken.add((x, y))
