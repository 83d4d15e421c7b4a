-- Protocols of the laboratory: what was uploaded, version by version, and its passages, found by word and by meaning.
CREATE TABLE protocol (
    id         uuid PRIMARY KEY,
    title      text NOT NULL CHECK (title <> ''),
    created_at timestamptz NOT NULL,
    retired_by text,
    retired_at timestamptz,
    version    integer NOT NULL DEFAULT 1,
    CONSTRAINT protocol_retired CHECK ((retired_by IS NULL) = (retired_at IS NULL))
);
CREATE UNIQUE INDEX protocol_titled ON protocol (lower(title)) WHERE retired_at IS NULL;
CREATE INDEX protocol_by_title ON protocol (title, id);

-- number: from 1; only the last one of a protocol that is not retired is searched.
CREATE TABLE protocol_version (
    id          uuid PRIMARY KEY,
    protocol_id uuid NOT NULL REFERENCES protocol,
    number      integer NOT NULL CHECK (number > 0),
    filename    text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('pdf', 'docx', 'text')),
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes  bigint NOT NULL CHECK (size_bytes > 0),
    warnings    jsonb NOT NULL,
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL,
    UNIQUE (protocol_id, number)
);

-- vector: of what the passage means, of length 1, by the model whose name stands beside it.
CREATE TABLE protocol_passage (
    id         uuid PRIMARY KEY,
    version_id uuid NOT NULL REFERENCES protocol_version,
    position   integer NOT NULL CHECK (position > 0),
    heading    text NOT NULL,
    body       text NOT NULL CHECK (body <> ''),
    page       integer,
    words      tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', heading), 'A') || setweight(to_tsvector('english', body), 'B')) STORED,
    vector     real[],
    model      text,
    UNIQUE (version_id, position),
    CONSTRAINT protocol_passage_vector CHECK ((vector IS NULL) = (model IS NULL))
);
CREATE INDEX protocol_passage_words ON protocol_passage USING gin (words);

-- The passages that are searched.
CREATE VIEW protocol_passage_now AS
SELECT a.id, a.position, a.heading, a.body, a.page, a.words, a.vector, a.model, v.number, v.protocol_id, p.title
FROM protocol_passage a JOIN protocol_version v ON v.id = a.version_id JOIN protocol p ON p.id = v.protocol_id
WHERE p.retired_at IS NULL
    AND v.number = (SELECT max(w.number) FROM protocol_version w WHERE w.protocol_id = v.protocol_id);

-- Passages that are near to a vector of length 1 in meaning: by the extension `vector` where the database has it, else
-- by the same sum in SQL. extended: whether the extension may be used. near: the cosine, -1 to 1.
CREATE FUNCTION near_passages(asked real[], named text, most integer, extended boolean DEFAULT true)
RETURNS TABLE (id uuid, near double precision) LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF extended AND EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'vector') THEN
        RETURN QUERY EXECUTE 'SELECT n.id, 1 - (n.vector::vector <=> $1::vector) FROM protocol_passage_now n '
            'WHERE n.model = $2 ORDER BY 2 DESC, 1 LIMIT $3' USING asked, named, most;
    ELSE
        RETURN QUERY SELECT n.id, (SELECT sum(t.a::double precision * t.b)
                FROM unnest(n.vector, asked) AS t(a, b)) AS cosine
            FROM protocol_passage_now n WHERE n.model = named ORDER BY cosine DESC, n.id LIMIT most;
    END IF;
END $$;
