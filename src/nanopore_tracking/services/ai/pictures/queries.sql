-- name: find_picture
-- Where the picture of a page is kept.
SELECT p.sha256 FROM page_picture p WHERE p.document_sha256 = :document_sha256 AND p.page = :page;

-- name: keep_picture
-- Where it is kept from now on.
INSERT INTO page_picture (document_sha256, page, sha256) VALUES (:document_sha256, :page, :sha256)
ON CONFLICT DO NOTHING RETURNING page;
