"""Writes docs/settings.md from the code: every variable, what it is for, and what holds without it."""

from pathlib import Path

from nanopore_tracking import registry
from nanopore_tracking.kernel.settings import KernelSettings, Setting, describe

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
_HEAD = """# Settings

Everything is set by environment variables, read once at the start. All that is wrong is said at once, and then nothing
is started. A secret may also be read from the file that the variable's name with `_FILE` at its end names.
`nanopore-tracking doctor --settings` lists what holds now. `make docs` writes this page from the code.

## The start on one machine (`nanopore-tracking up`)

`up` sets the addresses of databases and of NATS, the signing key and the folders by itself.

| variable | without it | what it is |
|---|---|---|
| `NANOPORE_DATA_DIR` | `~/.local/share/nanopore-tracking`; root: `/var/lib/nanopore-tracking` | All that is kept. |
| `NANOPORE_BIND_PORT_BASE` | free ports | PostgreSQL listens on this port and NATS on the one above. |
| `NANOPORE_TRACE_RING_MB` | `32` | Megabytes of traces that are kept for `nanopore-tracking trace`; 0: none. |

Migrations run as the owner of a database, whose address is `SAMPLES_DB_OWNER_URL` and so on; without it, as the role
of `SAMPLES_DB_URL`.

## Commands that call the API

| variable | what it is |
|---|---|
| `NANOPORE_URL` | The address of the product. |
| `NANOPORE_TOKEN` | An API token; without one, name and password are used. |
| `NANOPORE_USERNAME` | Who signs in. |
| `NANOPORE_PASSWORD` | Their password; it is asked for where it is not set. |
| `NANOPORE_AGENT_PYTHON` | The Python of the agent's environment, for `demo`; without it, that of `make agent`. |
"""


def page() -> str:
    """Return the page as it should be."""
    parts = [_HEAD, _section("Every process", describe(KernelSettings))]
    for name in registry.NAMES:
        found = describe(registry.load(name).settings)
        if found:
            parts.append(_section(f"`{name}`", found))
    return "\n".join(parts)


def _section(title: str, settings: list[Setting]) -> str:
    rows = [
        f"| `{setting.variable}` | {_without(setting)} | {setting.description.replace('|', ' or ')} |"
        for setting in settings
    ]
    return "\n".join([f"## {title}", "", "| variable | without it | what it is |", "|---|---|---|", *rows, ""])


def _without(setting: Setting) -> str:
    if setting.default is None:
        return "nothing starts"
    return f"`{setting.default}`" if setting.default else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
