-- list: kinds
-- One page of the kinds of instruments.
SELECT k.id, /*sort*/ AS sort_key, json_build_object('id', k.id, 'code', k.code, 'name', k.name,
    'positions', k.positions, 'takes', k.takes, 'shipped', k.shipped)::text AS item
FROM instrument_kind k
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   k.id = :id
-- sort: code text k.code

-- name: find_kind
-- A kind of instrument by its code.
SELECT k.code, k.positions, k.takes FROM instrument_kind k WHERE k.code = :code;

-- name: insert_kind
-- A new kind of instrument of the facility's own.
INSERT INTO instrument_kind (id, code, name, positions, takes, shipped)
VALUES (:id, :code, :name, :positions, :takes, false);

-- list: instruments
-- One page of the instruments with their positions and the runs that hold them.
SELECT i.id, /*sort*/ AS sort_key, json_build_object('id', i.id, 'name', i.name, 'kind', i.kind,
    'kind_name', k.name, 'takes', k.takes, 'serial', i.serial, 'host', i.host, 'api_port', i.api_port,
    'note', i.note, 'state', i.state,
    'positions', (SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name, 'state', p.state,
        'note', p.note, 'run_code', p.held_by) ORDER BY p.ordinal), '[]')
        FROM instrument_position p WHERE p.instrument_id = i.id),
    'created_at', i.created_at, 'updated_at', i.updated_at, 'version', i.version)::text AS item
FROM instrument i JOIN instrument_kind k ON k.code = i.kind
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   i.id = :id
-- filter: state text[]   i.state = ANY(:state)
-- filter: kind text   i.kind = :kind
-- filter: q text   strpos(lower(i.name || ' ' || i.serial || ' ' || k.name), lower(:q)) > 0
-- sort: name text i.name
-- sort: updated timestamptz i.updated_at

-- name: lock_instrument
-- An instrument that is about to be changed, locked.
SELECT i.id, i.name, i.kind, i.serial, i.host, i.api_port, i.note, i.state, i.version
FROM instrument i WHERE i.id = :instrument_id FOR NO KEY UPDATE;

-- name: insert_instrument
-- A new instrument.
INSERT INTO instrument (id, name, kind, serial, host, api_port, note, created_at, updated_at)
VALUES (:id, :name, :kind, :serial, :host, :api_port, :note, :at, :at);

-- name: insert_positions
-- The positions of a new instrument, in order.
INSERT INTO instrument_position (id, instrument_id, ordinal, name)
SELECT gen_random_uuid(), :instrument_id, p.ordinal, p.name
FROM unnest(:names::text[]) WITH ORDINALITY AS p (name, ordinal);

-- name: update_instrument
-- The changed instrument.
UPDATE instrument SET name = :name, serial = :serial, host = :host, api_port = :api_port, note = :note, state = :state,
    updated_at = :at, version = version + 1
WHERE id = :instrument_id;

-- name: positions_of
-- The positions of an instrument, in order.
SELECT p.id, p.name, p.state FROM instrument_position p WHERE p.instrument_id = :instrument_id ORDER BY p.ordinal;

-- name: update_position
-- The changed position.
UPDATE instrument_position SET state = :state, note = :note WHERE id = :position_id;

-- name: read_position
-- A position with what is needed of its instrument.
SELECT p.id, p.name, p.state, i.id AS instrument_id, i.name AS instrument, i.state AS instrument_state, k.takes
FROM instrument_position p JOIN instrument i ON i.id = p.instrument_id JOIN instrument_kind k ON k.code = i.kind
WHERE p.id = :position_id;

