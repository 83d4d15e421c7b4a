-- name: find_picture
-- Where the picture of a page is kept, as it was drawn by one version of the sums.
SELECT p.sha256 FROM page_picture p WHERE p.document_sha256 = :document_sha256 AND p.page = :page AND p.drawn = :drawn;

-- name: keep_picture
-- Where it is kept from now on.
INSERT INTO page_picture (document_sha256, page, drawn, sha256) VALUES (:document_sha256, :page, :drawn, :sha256)
ON CONFLICT DO NOTHING RETURNING page;
