-- name: find_scan
-- Where what was recognised on a page is kept, of the newest recogniser that is new enough.
SELECT s.sha256 FROM page_scan s
WHERE s.document_sha256 = :document_sha256 AND s.page = :page AND s.recogniser >= :recogniser
ORDER BY s.recogniser DESC LIMIT 1;

-- name: keep_scan
-- Where it is kept from now on.
INSERT INTO page_scan (document_sha256, page, recogniser, sha256)
VALUES (:document_sha256, :page, :recogniser, :sha256) ON CONFLICT DO NOTHING RETURNING page;
