-- list: views
-- One page of the views that an account has, and of those that others share with it where it sees the work of all labs.
SELECT v.id, /*sort*/ AS sort_key, json_build_object('id', v.id, 'of', v.list, 'name', v.name, 'shared', v.shared,
    'filters', v.filters, 'sort', v.sort, 'columns', v.columns, 'owner', a.name, 'mine', v.account_id = :account_id,
    'is_default', EXISTS (SELECT 1 FROM default_view d WHERE d.view_id = v.id AND d.account_id = :account_id),
    'owner_left', NOT a.active, 'updated_at', v.updated_at, 'version', v.version)::text AS item
FROM saved_view v JOIN account a ON a.id = v.account_id
WHERE (v.account_id = :account_id OR v.shared AND :sees_shared) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: of text   v.list = :of
-- sort: name text lower(v.name)

-- name: show_view
-- One view, within what an account may see.
SELECT v.version, json_build_object('id', v.id, 'of', v.list, 'name', v.name, 'shared', v.shared,
    'filters', v.filters, 'sort', v.sort, 'columns', v.columns, 'owner', a.name, 'mine', v.account_id = :account_id,
    'is_default', EXISTS (SELECT 1 FROM default_view d WHERE d.view_id = v.id AND d.account_id = :account_id),
    'owner_left', NOT a.active, 'updated_at', v.updated_at, 'version', v.version)::text AS item
FROM saved_view v JOIN account a ON a.id = v.account_id
WHERE v.id = :view_id AND (v.account_id = :account_id OR v.shared AND :sees_shared);

-- name: lock_view
-- One view within what an account may see, locked to be changed.
SELECT v.id, v.account_id, a.name AS owner, NOT a.active AS owner_left, v.list AS of, v.name, v.shared,
    v.filters::text AS filters, v.sort, v.columns, v.version
FROM saved_view v JOIN account a ON a.id = v.account_id
WHERE v.id = :view_id AND (v.account_id = :account_id OR v.shared AND :sees_shared) FOR UPDATE OF v;

-- name: count_views
-- How many views of a list an account has.
SELECT count(*) FROM saved_view v WHERE v.account_id = :account_id AND v.list = :of;

-- name: insert_view
-- A new view; a violation where its owner has one of that name.
INSERT INTO saved_view (id, account_id, list, name, shared, filters, sort, columns, created_at, updated_at)
VALUES (:view_id, :account_id, :of, :name, :shared, :filters::text::jsonb, :sort, :columns::text[], :at, :at);

-- name: update_view
-- A view as it is from now on.
UPDATE saved_view SET name = :name, shared = :shared, filters = :filters::text::jsonb, sort = :sort,
    columns = :columns::text[], updated_at = :at, version = version + 1
WHERE id = :view_id;

-- name: give_view
-- A view that is somebody else's from now on; a violation where they have one of that name.
UPDATE saved_view SET account_id = :account_id, updated_at = :at, version = version + 1 WHERE id = :view_id;

-- name: delete_view
-- A view that is no longer there; whose list began with it begins with none.
DELETE FROM saved_view WHERE id = :view_id;

-- name: keep_to_owner
-- What others may not see any more is not what their list begins with.
DELETE FROM default_view WHERE view_id = :view_id AND account_id <> :account_id;

-- name: set_default
-- The view that the list of an account begins with.
INSERT INTO default_view (account_id, list, view_id) VALUES (:account_id, :of, :view_id)
ON CONFLICT (account_id, list) DO UPDATE SET view_id = excluded.view_id;

-- name: clear_default
-- The list of an account does not begin with this view.
DELETE FROM default_view WHERE account_id = :account_id AND view_id = :view_id;
