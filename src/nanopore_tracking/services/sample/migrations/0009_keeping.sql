-- Keeping: temperature excursions and what they mean, and until when things are kept.

-- A place was warmer than it should be; every container that was in it meanwhile has a custody event of it.
CREATE TABLE excursion (
    id                uuid PRIMARY KEY,
    location_id       uuid NOT NULL REFERENCES storage_location,
    path              text NOT NULL,
    from_at           timestamptz NOT NULL,
    until_at          timestamptz NOT NULL,
    max_temperature_c double precision NOT NULL CHECK (max_temperature_c BETWEEN -273.15 AND 100),
    note              text NOT NULL CHECK (note <> ''),
    container_count   integer NOT NULL CHECK (container_count >= 0),
    recorded_by       text NOT NULL,
    recorded_at       timestamptz NOT NULL,
    CHECK (from_at < until_at)
);
CREATE INDEX excursion_recorded ON excursion (recorded_at, id);
CREATE TRIGGER excursion_never_changes BEFORE UPDATE OR DELETE ON excursion
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- What an excursion means for a sample is to be judged by a person, with a reason.
CREATE TABLE excursion_finding (
    id           uuid PRIMARY KEY,
    excursion_id uuid NOT NULL REFERENCES excursion,
    sample_id    uuid NOT NULL REFERENCES sample,
    verdict      text CHECK (verdict IN ('use', 'use_with_care', 'do_not_use')),
    reason       text NOT NULL DEFAULT '',
    resolved_by  text NOT NULL DEFAULT '',
    resolved_at  timestamptz,
    version      integer NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    CONSTRAINT excursion_finding_once UNIQUE (excursion_id, sample_id),
    CHECK ((verdict IS NULL) = (resolved_at IS NULL)),
    CHECK (verdict IS NULL OR (reason <> '' AND resolved_by <> ''))
);
CREATE INDEX excursion_finding_sample ON excursion_finding (sample_id);
CREATE INDEX excursion_finding_created ON excursion_finding (created_at, id);

-- Until when things are kept: the last row for a sample counts, without one the last for its project.
CREATE TABLE retention (
    id         uuid PRIMARY KEY,
    sample_id  uuid REFERENCES sample,
    project_id uuid REFERENCES project,
    keep_until date NOT NULL,
    reason     text NOT NULL CHECK (reason <> ''),
    set_by     text NOT NULL,
    set_at     timestamptz NOT NULL,
    CHECK ((sample_id IS NULL) <> (project_id IS NULL))
);
CREATE INDEX retention_keep_until ON retention (keep_until, id);
CREATE INDEX retention_sample ON retention (sample_id, set_at DESC, id DESC) WHERE sample_id IS NOT NULL;
CREATE INDEX retention_project ON retention (project_id, set_at DESC, id DESC) WHERE project_id IS NOT NULL;
CREATE TRIGGER retention_never_changes BEFORE UPDATE OR DELETE ON retention
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- What a label looks like: its size, how large its code is, and which lines stand beside it.
CREATE TABLE label_layout (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CONSTRAINT label_layout_name UNIQUE CHECK (name <> ''),
    width_mm   double precision NOT NULL CHECK (width_mm BETWEEN 8 AND 210),
    height_mm  double precision NOT NULL CHECK (height_mm BETWEEN 5 AND 297),
    code_mm    double precision NOT NULL CHECK (code_mm BETWEEN 4 AND 100 AND code_mm <= height_mm),
    font_mm    double precision NOT NULL CHECK (font_mm BETWEEN 1 AND 20),
    lines      text[] NOT NULL CHECK (cardinality(lines) BETWEEN 1 AND 8
        AND lines <@ '{code,name,date,lab,project,material,barcode}' AND 'code' = ANY(lines)),
    active     boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL DEFAULT 1
);
CREATE INDEX label_layout_sort ON label_layout (name, id);
INSERT INTO label_layout (id, name, width_mm, height_mm, code_mm, font_mm, lines, updated_at) VALUES
    ('00000000-0000-7000-8000-000000000001', 'Tube 33 x 13 mm', 33, 13, 9, 2.2, '{code,name,date}', now()),
    ('00000000-0000-7000-8000-000000000002', 'Cryovial 25 x 25 mm', 25, 25, 12, 2.2, '{code,name,date}', now()),
    ('00000000-0000-7000-8000-000000000003', 'Box or shelf 60 x 25 mm', 60, 25, 18, 4, '{code,name,date}', now());

CREATE TABLE label_printer (
    id          uuid PRIMARY KEY,
    name        text NOT NULL CONSTRAINT label_printer_name UNIQUE CHECK (name <> ''),
    host        text NOT NULL CHECK (host <> ''),
    port        integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    dots_per_mm integer NOT NULL CHECK (dots_per_mm IN (6, 8, 12, 24)),
    active      boolean NOT NULL DEFAULT true,
    updated_at  timestamptz NOT NULL,
    version     integer NOT NULL DEFAULT 1
);
CREATE INDEX label_printer_sort ON label_printer (name, id);

-- The queue of labels. What a label says is kept as it is sent; a second label of the same thing has a reason.
CREATE TABLE print_job (
    id           uuid PRIMARY KEY,
    printer_id   uuid NOT NULL REFERENCES label_printer,
    layout_id    uuid REFERENCES label_layout,
    sample_id    uuid REFERENCES sample,
    location_id  uuid REFERENCES storage_location,
    code         text NOT NULL CHECK (code <> ''),
    copies       integer NOT NULL CHECK (copies BETWEEN 1 AND 20),
    again        boolean NOT NULL,
    reason       text NOT NULL,
    content      text NOT NULL CHECK (content <> ''),
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'printed', 'failed')),
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    failure      text NOT NULL DEFAULT '',
    due_at       timestamptz NOT NULL,
    requested_by text NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    CONSTRAINT print_job_again_with_reason CHECK (NOT again OR reason <> ''),
    CHECK (state <> 'failed' OR failure <> ''),
    CHECK (sample_id IS NULL OR location_id IS NULL)
);
CREATE INDEX print_job_created_sort ON print_job (created_at, id);
CREATE INDEX print_job_sample ON print_job (sample_id, created_at, id) WHERE sample_id IS NOT NULL;
CREATE INDEX print_job_location ON print_job (location_id) WHERE location_id IS NOT NULL;
CREATE INDEX print_job_waiting ON print_job (due_at, id) WHERE state IN ('queued', 'sending');
