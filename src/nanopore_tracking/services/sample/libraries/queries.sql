-- list: libraries
-- One page of libraries within the labs in scope.
SELECT l.id, /*sort*/ AS sort_key, json_build_object('id', l.id, 'code', l.code, 'state', l.state, 'kit', l.kit,
    'sample_codes', samples_of_library(l.id),
    'barcodes', barcodes_of_library(l.id),
    'pools', pools_of_library(l.id),
    'lab_name', (SELECT b.name FROM lab b WHERE b.id = l.lab_id), 'conc_ng_per_ul', l.conc_ng_per_ul,
    'mean_fragment_bp', l.mean_fragment_bp, 'volume_ul', l.volume_ul, 'left_ul', l.volume_ul - l.used_ul,
    'amount_fmol', l.amount_fmol, 'updated_at', l.updated_at, 'version', l.version)::text AS item
FROM library l
WHERE (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: ids uuid[]   l.id = ANY(:ids)
-- filter: codes text[]   l.code = ANY(:codes)
-- filter: state text[]   l.state = ANY(:state)
-- filter: lab_id uuid   l.lab_id = :lab_id
-- filter: sample_id uuid   EXISTS (SELECT FROM library_source o WHERE o.library_id = l.id AND o.sample_id = :sample_id)
-- filter: pool_id uuid   EXISTS (SELECT FROM pool_component c WHERE c.library_id = l.id AND c.pool_id = :pool_id)
-- filter: q text   starts_with(l.code, upper(:q)) OR strpos(upper(l.kit), upper(:q)) > 0
-- sort: updated timestamptz l.updated_at
-- sort: code text l.code

-- name: show_library
-- One library by its id, or by its code where the id is null, within the labs in scope.
SELECT l.version, json_build_object('id', l.id, 'code', l.code, 'state', l.state, 'state_reason', l.state_reason,
    'lab_id', l.lab_id, 'lab_name', (SELECT b.name FROM lab b WHERE b.id = l.lab_id), 'kit', l.kit,
    'kit_lot', l.kit_lot, 'lot_expires_on', l.lot_expires_on, 'protocol_version', l.protocol_version,
    'operator', l.operator, 'started_at', l.started_at, 'finished_at', l.finished_at, 'input_ng', l.input_ng,
    'input_volume_ul', l.input_volume_ul, 'deviations', l.deviations, 'conc_ng_per_ul', l.conc_ng_per_ul,
    'mean_fragment_bp', l.mean_fragment_bp, 'volume_ul', l.volume_ul, 'left_ul', l.volume_ul - l.used_ul,
    'mass_ng', l.conc_ng_per_ul * l.volume_ul,
    'molarity_nm', l.conc_ng_per_ul * 1e6 / (660 * l.mean_fragment_bp), 'amount_fmol', l.amount_fmol,
    'amount_length_bp', l.amount_length_bp, 'amount_formula', l.amount_formula,
    'sample_codes', samples_of_library(l.id),
    'barcodes', barcodes_of_library(l.id),
    'pools', pools_of_library(l.id),
    'sources', (SELECT coalesce(json_agg(json_build_object('sample_id', o.sample_id, 'sample_code', s.code,
            'sample_name', s.name, 'aliquot_code', a.code, 'volume_ul', o.volume_ul,
            'current', o.superseded_at IS NULL) ORDER BY o.position), '[]'::json)
        FROM library_source o JOIN sample s ON s.id = o.sample_id LEFT JOIN aliquot a ON a.id = o.aliquot_id
        WHERE o.library_id = l.id),
    'assignments', (SELECT coalesce(json_agg(json_build_object('sample_code', s.code, 'kit', b.kit,
            'number', b.number, 'barcode', b.barcode, 'alias', b.alias, 'sequence', b.sequence,
            'sequence_key', b.sequence_key) ORDER BY b.kit, b.number), '[]'::json)
        FROM barcode_assignment b JOIN sample s ON s.id = b.sample_id WHERE b.library_id = l.id),
    'lot_reactions', (SELECT coalesce(sum(u.reactions), 0) FROM kit_lot_use u WHERE u.library_id = l.id),
    'in_pools', (SELECT coalesce(json_agg(json_build_object('code', p.code, 'state', p.state,
            'volume_ul', c.volume_ul) ORDER BY p.created_at), '[]'::json)
        FROM pool_component c JOIN pool p ON p.id = c.pool_id WHERE c.library_id = l.id),
    'created_by', l.created_by, 'created_at', l.created_at, 'updated_at', l.updated_at,
    'version', l.version)::text AS item
FROM library l
WHERE l.id = coalesce(:library_id::uuid, (SELECT c.id FROM library c WHERE c.code = :code))
    AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope));

-- name: find_library
-- The id of a library by its id, or by its code where the id is null, within the labs in scope.
SELECT l.id FROM library l
WHERE l.id = coalesce(:library_id::uuid, (SELECT c.id FROM library c WHERE c.code = :code))
    AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope));

-- name: lock_libraries
-- Libraries within the labs in scope, locked to be changed, always in the same order.
SELECT l.id, l.code, l.lab_id, l.state, l.state_reason, l.kit, l.kit_lot, l.lot_expires_on, l.protocol_version,
    l.operator, l.started_at, l.finished_at, l.input_ng, l.input_volume_ul, l.deviations, l.conc_ng_per_ul,
    l.mean_fragment_bp, l.volume_ul, l.used_ul, l.amount_fmol, l.amount_length_bp, l.amount_formula, l.version
FROM library l
WHERE l.id = ANY(:ids::uuid[]) AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope))
ORDER BY l.id
FOR NO KEY UPDATE;

-- name: read_libraries
-- Libraries within the labs in scope, as they are now.
SELECT l.id, l.code, l.lab_id, l.state, l.state_reason, l.kit, l.kit_lot, l.lot_expires_on, l.protocol_version,
    l.operator, l.started_at, l.finished_at, l.input_ng, l.input_volume_ul, l.deviations, l.conc_ng_per_ul,
    l.mean_fragment_bp, l.volume_ul, l.used_ul, l.amount_fmol, l.amount_length_bp, l.amount_formula, l.version
FROM library l
WHERE l.id = ANY(:ids::uuid[]) AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope));

-- name: sources
-- What went into libraries, in its order.
SELECT o.library_id, o.sample_id, s.code AS sample_code, a.code AS aliquot_code, o.volume_ul,
    s.kind NOT IN ('negative_control', 'no_template_control') AS has_material
FROM library_source o JOIN sample s ON s.id = o.sample_id LEFT JOIN aliquot a ON a.id = o.aliquot_id
WHERE o.library_id = ANY(:ids::uuid[])
ORDER BY o.library_id, o.position;

-- name: barcodes
-- The barcodes of libraries.
SELECT b.library_id, b.id, b.sample_id, s.code AS sample_code, b.kit, b.number, b.barcode, b.sequence, b.alias
FROM barcode_assignment b JOIN sample s ON s.id = b.sample_id
WHERE b.library_id = ANY(:ids::uuid[])
ORDER BY b.library_id, b.kit, b.number;

-- name: pools_of
-- The pools that libraries are in, with their state.
SELECT c.library_id, p.code, p.state
FROM pool_component c JOIN pool p ON p.id = c.pool_id
WHERE c.library_id = ANY(:ids::uuid[])
ORDER BY c.library_id, p.created_at, p.code;

-- name: insert_library
-- A new library, planned.
INSERT INTO library (id, code, lab_id, kit, kit_lot, lot_expires_on, protocol_version, operator, started_at,
    finished_at, input_ng, input_volume_ul, deviations, created_by, created_at, updated_at)
VALUES (:id, :code, :lab_id, :kit, :kit_lot, :lot_expires_on::date, :protocol_version, :operator,
    :started_at::timestamptz, :finished_at::timestamptz, :input_ng::float8, :input_volume_ul::float8, :deviations,
    :created_by, :at, :at);

-- name: insert_source
-- What went into a library.
INSERT INTO library_source (library_id, position, sample_id, aliquot_id, volume_ul, made_at)
VALUES (:library_id, :position, :sample_id, :aliquot_id::uuid, :volume_ul::float8, :at);

-- name: insert_barcode
-- A barcode of a sample in a library.
INSERT INTO barcode_assignment (id, library_id, sample_id, kit, number, barcode, sequence, alias)
VALUES (:id, :library_id, :sample_id, :kit, :number, :barcode, :sequence::text, :alias);

-- name: remove_barcodes
-- The barcodes of a library that others take the place of.
DELETE FROM barcode_assignment WHERE library_id = :library_id;

-- name: change_library
-- What is said of the preparation of a library.
UPDATE library SET kit = :kit, kit_lot = :kit_lot, lot_expires_on = :lot_expires_on::date,
    protocol_version = :protocol_version, operator = :operator, started_at = :started_at::timestamptz,
    finished_at = :finished_at::timestamptz, input_ng = :input_ng::float8, input_volume_ul = :input_volume_ul::float8,
    deviations = :deviations, updated_at = :at, version = version + 1
WHERE id = :library_id;

-- name: move_library
-- The state of a library, after a transition, with who prepared it and when it was finished.
UPDATE library SET state = :state, state_reason = :state_reason, operator = :operator,
    finished_at = :finished_at::timestamptz, updated_at = :at, version = version + 1
WHERE id = :library_id;

-- name: measure_library
-- What counts of what was measured of a library, and what pools took of it since its volume was measured.
UPDATE library l SET conc_ng_per_ul = :conc_ng_per_ul::float8, volume_ul = :volume_ul::float8,
    mean_fragment_bp = :mean_fragment_bp::float8, amount_fmol = :amount_fmol::float8,
    amount_length_bp = :amount_length_bp::float8, amount_formula = :amount_formula::text,
    used_ul = least(coalesce(:volume_ul::float8, 'infinity'), (SELECT coalesce(sum(c.volume_ul), 0)
        FROM pool_component c JOIN pool p ON p.id = c.pool_id
        WHERE c.library_id = l.id AND p.state <> 'draft' AND (SELECT max(h.changed_at) FROM chain_change h
            WHERE h.part_id = p.id AND h.state = 'fixed') > coalesce(:volume_at::timestamptz, '-infinity'))),
    updated_at = :at, version = version + 1
WHERE l.id = :library_id
RETURNING l.used_ul;

-- name: use_library
-- A library that a pool took from, or gave back to.
UPDATE library SET used_ul = greatest(0, used_ul + :volume_ul), updated_at = :at, version = version + 1
WHERE id = :library_id;

-- name: present_libraries
-- The library of each of some samples that counts: the newest that work did not go back from and was not discarded.
SELECT DISTINCT ON (o.sample_id) o.sample_id, l.id, l.code, l.state, l.kit, l.kit_lot, l.lot_expires_on, l.input_ng,
    l.conc_ng_per_ul, l.mean_fragment_bp, l.volume_ul,
    ARRAY(SELECT b.barcode FROM barcode_assignment b WHERE b.library_id = l.id AND b.sample_id = o.sample_id
        ORDER BY b.kit, b.number) AS barcodes,
    pooled.code AS pool, coalesce(pooled.libraries, 1) AS pool_libraries
FROM library_source o JOIN library l ON l.id = o.library_id
    LEFT JOIN LATERAL (SELECT p.code, (SELECT count(*) FROM pool_component k WHERE k.pool_id = p.id) AS libraries
        FROM pool_component c JOIN pool p ON p.id = c.pool_id
        WHERE c.library_id = l.id ORDER BY p.created_at DESC, p.id DESC LIMIT 1) pooled ON true
WHERE o.sample_id = ANY(:sample_ids::uuid[]) AND o.superseded_at IS NULL AND l.state <> 'discarded'
ORDER BY o.sample_id, o.made_at DESC, l.id DESC;

-- name: supersede
-- The libraries of samples that work goes back from.
UPDATE library_source SET superseded_at = :at
WHERE sample_id = ANY(:sample_ids::uuid[]) AND superseded_at IS NULL;
