"""Which role may do what: the one table that services enforce and the web front asks.

Role gives verbs, lab membership gives objects (the scope of a query), state gives conditions (the models).
"""

SUBMITTER = "submitter"
TECHNICIAN = "technician"
MANAGER = "facility_manager"
AUDITOR = "auditor"
ADMIN = "admin"
VIEWER = "viewer"
#: What follows instruments and tells how they run; it may do nothing else.
INSTRUMENT = "instrument"
SERVICE = "service"

ROLES = (SUBMITTER, TECHNICIAN, MANAGER, AUDITOR, ADMIN, VIEWER, INSTRUMENT)

#: Roles whose sight is not limited to the labs they belong to.
ALL_LABS = frozenset({TECHNICIAN, MANAGER, AUDITOR, SERVICE, VIEWER})

_STAFF = frozenset({TECHNICIAN, MANAGER})
_READERS = frozenset({SUBMITTER, TECHNICIAN, MANAGER, AUDITOR, VIEWER})
_SIGNED_IN = frozenset({*ROLES, SERVICE})

#: permission -> the roles that have it. `public` and `signed-in` are policies of the kernel, not listed here.
PERMISSIONS: dict[str, frozenset[str]] = {
    "labs.read": _READERS | {ADMIN},
    "labs.write": frozenset({MANAGER, ADMIN}),
    "projects.read": _READERS,
    "projects.write": frozenset({SUBMITTER}) | _STAFF,
    "submissions.read": _READERS,
    "submissions.write": frozenset({SUBMITTER}) | _STAFF,
    "submissions.accept": _STAFF,
    "notes.read": frozenset({AUDITOR}) | _STAFF,
    "charges.read": _READERS | {ADMIN},
    "charges.write": frozenset({MANAGER, ADMIN}),
    "charges.credit": frozenset({MANAGER}),
    "views.share": _STAFF,
    "views.tend": frozenset({MANAGER}),
    "samples.read": _READERS,
    "samples.write": _STAFF,
    "samples.move": _STAFF,
    "samples.override": frozenset({MANAGER}),
    "measurements.write": _STAFF,
    "custody.write": _STAFF,
    "inventory.read": _STAFF | {AUDITOR, ADMIN, VIEWER},
    "inventory.write": _STAFF,
    "inventory.override": frozenset({MANAGER}),
    "live.write": frozenset({INSTRUMENT}),
    "deliveries.read": _READERS,
    "deliveries.write": _STAFF,
    "deliveries.release": frozenset({MANAGER}),
    "storage.read": _STAFF | {AUDITOR, VIEWER},
    "storage.write": _STAFF,
    "labels.print": _STAFF,
    "labels.write": frozenset({MANAGER, ADMIN}),
    "documents.read": frozenset({SUBMITTER, AUDITOR}) | _STAFF,
    "documents.write": frozenset({SUBMITTER}) | _STAFF,
    "documents.review": _STAFF,
    "templates.write": frozenset({MANAGER, ADMIN}),
    # Of the laboratory itself, not of a lab that sends samples.
    "protocols.read": _STAFF | {AUDITOR, ADMIN},
    "protocols.write": frozenset({MANAGER, ADMIN}),
    # It costs tokens, and words may leave the laboratory.
    "models.ask": _STAFF,
    "catalogues.read": _SIGNED_IN,
    "catalogues.write": frozenset({ADMIN}),
    "settings.read": _SIGNED_IN,
    "settings.write": frozenset({ADMIN}),
    "accounts.read": frozenset({MANAGER, AUDITOR, ADMIN}),
    "accounts.write": frozenset({ADMIN}),
    "tablets.read": frozenset({MANAGER, AUDITOR, ADMIN}),
    "tablets.write": frozenset({MANAGER, ADMIN}),
    "audit.read": frozenset({TECHNICIAN, MANAGER, AUDITOR, ADMIN}),
    "backups.read": frozenset({MANAGER, AUDITOR, ADMIN}),
    "backups.run": frozenset({ADMIN}),
    # Whoever sets a webhook up is told of all labs' work.
    "webhooks.read": frozenset({MANAGER, AUDITOR, ADMIN}),
    "webhooks.write": frozenset({MANAGER}),
    "operations.read": frozenset({MANAGER, AUDITOR, ADMIN}),
    "operations.write": frozenset({ADMIN}),
}


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Return every permission that at least one of the roles gives."""
    return frozenset(name for name, holders in PERMISSIONS.items() if roles & holders)
