-- What was recognised on pages of scans, so that no page is recognised twice: the letters lie in the file store under a
-- SHA-256 sum. recogniser: its version; a later one may see more.
CREATE TABLE page_scan (
    document_sha256 text NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    page            integer NOT NULL CHECK (page > 0),
    recogniser      integer NOT NULL CHECK (recogniser > 0),
    sha256          text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (document_sha256, page, recogniser)
);
