-- list: pools
-- One page of pools that hold a library of a lab in scope, or none yet and all labs are in scope.
SELECT p.id, /*sort*/ AS sort_key, json_build_object('id', p.id, 'code', p.code, 'name', p.name, 'state', p.state,
    'kits', kits_of_pool(p.id),
    'library_count', (SELECT count(*) FROM pool_component c WHERE c.pool_id = p.id),
    'barcode_count', (SELECT count(*) FROM pool_barcode c WHERE c.pool_id = p.id),
    'volume_ul', p.volume_ul, 'amount_fmol', p.amount_fmol,
    'planned_fmol', (SELECT sum(c.fmol) FROM pool_component c WHERE c.pool_id = p.id),
    'updated_at', p.updated_at, 'version', p.version)::text AS item
FROM pool p
WHERE (:scope::uuid[] IS NULL OR EXISTS (SELECT FROM pool_component c JOIN library l ON l.id = c.library_id
        WHERE c.pool_id = p.id AND l.lab_id = ANY(:scope))) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: ids uuid[]   p.id = ANY(:ids)
-- filter: state text[]   p.state = ANY(:state)
-- filter: library_id uuid   EXISTS (SELECT FROM pool_component c WHERE c.pool_id = p.id AND c.library_id = :library_id)
-- filter: sample_id uuid   EXISTS (SELECT FROM pool_component c JOIN library_source o ON o.library_id = c.library_id
--   WHERE c.pool_id = p.id AND o.sample_id = :sample_id)
-- filter: q text   starts_with(upper(p.code), upper(:q)) OR strpos(upper(p.name), upper(:q)) > 0
-- sort: updated timestamptz p.updated_at
-- sort: code text p.code

-- name: show_pool
-- One pool by its id, or by its code where the id is null; libraries of labs out of scope without what they are.
SELECT p.version, json_build_object('id', p.id, 'code', p.code, 'name', p.name, 'state', p.state,
    'state_reason', p.state_reason, 'arrangement_name', p.arrangement_name,
    'arrangement_reason', p.arrangement_reason, 'target_fmol', p.target_fmol, 'target_volume_ul', p.target_volume_ul,
    'buffer_ul', p.buffer_ul, 'conc_ng_per_ul', p.conc_ng_per_ul, 'mean_fragment_bp', p.mean_fragment_bp,
    'volume_ul', p.volume_ul, 'left_ul', p.volume_ul - p.used_ul, 'amount_fmol', p.amount_fmol,
    'amount_length_bp', p.amount_length_bp, 'amount_formula', p.amount_formula, 'note', p.note,
    'kits', kits_of_pool(p.id),
    'library_count', (SELECT count(*) FROM pool_component c WHERE c.pool_id = p.id),
    'barcode_count', (SELECT count(*) FROM pool_barcode c WHERE c.pool_id = p.id),
    'planned_fmol', (SELECT sum(c.fmol) FROM pool_component c WHERE c.pool_id = p.id),
    'planned_volume_ul', (SELECT sum(c.volume_ul) + p.buffer_ul FROM pool_component c WHERE c.pool_id = p.id),
    'components', (SELECT coalesce(json_agg(json_build_object('position', c.position,
            'library', CASE WHEN f.seen THEN l.code END, 'library_state', l.state, 'kit', l.kit,
            'sample_codes', CASE WHEN f.seen THEN samples_of_library(l.id) ELSE '[]'::json END,
            'barcodes', barcodes_of_library(l.id),
            'share', c.share, 'volume_ul', c.volume_ul, 'fmol', c.fmol, 'fraction_planned', c.fraction_planned,
            'left_ul', l.volume_ul - l.used_ul, 'molarity_nm', l.conc_ng_per_ul * 1e6 / (660 * l.mean_fragment_bp))
            ORDER BY c.position), '[]'::json)
        FROM pool_component c JOIN library l ON l.id = c.library_id
            CROSS JOIN LATERAL (SELECT :scope::uuid[] IS NULL OR l.lab_id = ANY(:scope) AS seen) f
        WHERE c.pool_id = p.id),
    'barcodes', (SELECT coalesce(json_agg(json_build_object('barcode', b.barcode, 'number', b.number, 'kit', b.kit,
            'alias', CASE WHEN f.seen THEN b.alias ELSE '' END, 'library', CASE WHEN f.seen THEN l.code END,
            'sequence', b.sequence, 'key', b.sequence_key) ORDER BY b.kit, b.number), '[]'::json)
        FROM pool_barcode x JOIN barcode_assignment b ON b.id = x.assignment_id JOIN library l ON l.id = b.library_id
            CROSS JOIN LATERAL (SELECT :scope::uuid[] IS NULL OR l.lab_id = ANY(:scope) AS seen) f
        WHERE x.pool_id = p.id),
    'created_by', p.created_by, 'created_at', p.created_at, 'updated_at', p.updated_at,
    'version', p.version)::text AS item
FROM pool p
WHERE p.id = coalesce(:pool_id::uuid, (SELECT c.id FROM pool c WHERE c.code = :code))
    AND (:scope::uuid[] IS NULL OR EXISTS (SELECT FROM pool_component c JOIN library l ON l.id = c.library_id
        WHERE c.pool_id = p.id AND l.lab_id = ANY(:scope)));

-- name: find_pool
-- The id of a pool by its id, or by its code where the id is null, that holds a library of a lab in scope.
SELECT p.id FROM pool p
WHERE p.id = coalesce(:pool_id::uuid, (SELECT c.id FROM pool c WHERE c.code = :code OR upper(c.code) = upper(:code)
        ORDER BY c.code = :code DESC LIMIT 1))
    AND (:scope::uuid[] IS NULL OR EXISTS (SELECT FROM pool_component c JOIN library l ON l.id = c.library_id
        WHERE c.pool_id = p.id AND l.lab_id = ANY(:scope)));

-- name: lock_pool
-- A pool, locked to be changed.
SELECT p.id, p.code, p.name, p.state, p.state_reason, p.arrangement_name, p.arrangement_reason, p.target_fmol,
    p.target_volume_ul, p.buffer_ul, p.conc_ng_per_ul, p.mean_fragment_bp, p.volume_ul, p.used_ul, p.amount_fmol,
    p.amount_length_bp, p.amount_formula, p.note, p.version
FROM pool p
WHERE p.id = :pool_id
FOR NO KEY UPDATE;

-- name: read_pool
-- A pool as it is now.
SELECT p.id, p.code, p.name, p.state, p.state_reason, p.arrangement_name, p.arrangement_reason, p.target_fmol,
    p.target_volume_ul, p.buffer_ul, p.conc_ng_per_ul, p.mean_fragment_bp, p.volume_ul, p.used_ul, p.amount_fmol,
    p.amount_length_bp, p.amount_formula, p.note, p.version
FROM pool p
WHERE p.id = :pool_id;

-- name: components
-- What is in a pool, in its order.
SELECT c.library_id, c.share, c.volume_ul FROM pool_component c WHERE c.pool_id = :pool_id ORDER BY c.position;

-- name: pool_barcodes
-- The barcodes of a pool with what they are compared by, and the sample that each stands for.
SELECT b.kit, b.number, b.barcode, b.sequence, b.sequence_key, b.alias, b.sample_id, s.code AS sample_code,
    s.kind AS sample_kind, l.code AS library_code
FROM pool_barcode x JOIN barcode_assignment b ON b.id = x.assignment_id JOIN sample s ON s.id = b.sample_id
    JOIN library l ON l.id = b.library_id
WHERE x.pool_id = :pool_id
ORDER BY b.kit, b.number;

-- name: loads
-- How often a pool was loaded on a flow cell; recorded by the load, or before there were any by its samples.
SELECT (SELECT count(*) FROM flow_cell_load f WHERE f.pool_id = :pool_id)
    + (SELECT count(DISTINCT r.id) FROM pool_component c JOIN library_source o ON o.library_id = c.library_id
    JOIN stage_record r ON r.sample_id = o.sample_id AND r.kind = 'loading' AND r.superseded_at IS NULL
    JOIN pool p ON p.id = c.pool_id
WHERE c.pool_id = :pool_id AND r.details->>'library_id' = p.code);

-- name: insert_pool
-- A new pool, a draft.
INSERT INTO pool (id, code, name, arrangement_name, arrangement_reason, target_fmol, target_volume_ul, buffer_ul, note,
    created_by, created_at, updated_at)
VALUES (:id, :code, :name, :arrangement_name::text, :arrangement_reason::text, :target_fmol::float8,
    :target_volume_ul::float8, :buffer_ul, :note, :created_by, :at, :at);

-- name: change_pool
-- What is said of a pool.
UPDATE pool SET name = :name, arrangement_name = :arrangement_name::text,
    arrangement_reason = :arrangement_reason::text, target_fmol = :target_fmol::float8,
    target_volume_ul = :target_volume_ul::float8, buffer_ul = :buffer_ul, note = :note, updated_at = :at,
    version = version + 1
WHERE id = :pool_id;

-- name: move_pool
-- The state of a pool, after a transition.
UPDATE pool SET state = :state, state_reason = :state_reason, updated_at = :at, version = version + 1
WHERE id = :pool_id;

-- name: measure_pool
-- What counts of what was measured of a pool; what was loaded before its volume was measured is in that already.
UPDATE pool SET conc_ng_per_ul = :conc_ng_per_ul::float8,
    used_ul = CASE WHEN volume_ul IS DISTINCT FROM :volume_ul::float8 THEN 0 ELSE used_ul END,
    volume_ul = :volume_ul::float8, mean_fragment_bp = :mean_fragment_bp::float8, amount_fmol = :amount_fmol::float8,
    amount_length_bp = :amount_length_bp::float8, amount_formula = :amount_formula::text, updated_at = :at,
    version = version + 1
WHERE id = :pool_id
RETURNING used_ul;

-- name: use_pool
-- A pool that a load took from.
UPDATE pool SET used_ul = greatest(0, used_ul + :volume_ul), updated_at = :at, version = version + 1
WHERE id = :pool_id;

-- name: remove_components
-- What others take the place of in a draft pool, with their barcodes.
DELETE FROM pool_component WHERE pool_id = :pool_id;

-- name: insert_component
-- A library in a draft pool.
INSERT INTO pool_component (pool_id, library_id, position, share, volume_ul, fmol, fraction_planned)
VALUES (:pool_id, :library_id, :position, :share, :volume_ul::float8, :fmol::float8, :fraction_planned::float8);

-- name: insert_pool_barcodes
-- The barcodes of a draft pool's libraries; a violation where one is there already.
INSERT INTO pool_barcode (pool_id, library_id, assignment_id, sequence_key)
SELECT c.pool_id, c.library_id, b.id, b.sequence_key
FROM pool_component c JOIN barcode_assignment b ON b.library_id = c.library_id
WHERE c.pool_id = :pool_id;
