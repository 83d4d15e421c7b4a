-- Where the code and the first line of text stand on a label, from its left and upper edge; and every version of a
-- layout, so that one can be looked at again.
ALTER TABLE label_layout
    ADD COLUMN code_left_mm double precision NOT NULL DEFAULT 1.5 CHECK (code_left_mm >= 0),
    ADD COLUMN code_top_mm  double precision NOT NULL DEFAULT 1.5 CHECK (code_top_mm >= 0),
    ADD COLUMN text_left_mm double precision NOT NULL DEFAULT 0 CHECK (text_left_mm >= 0),
    ADD COLUMN text_top_mm  double precision NOT NULL DEFAULT 1.5 CHECK (text_top_mm >= 0);
UPDATE label_layout SET text_left_mm = code_mm + 3;

CREATE TABLE label_layout_version (
    layout_id  uuid NOT NULL REFERENCES label_layout,
    version    integer NOT NULL,
    content    json NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (layout_id, version)
);
CREATE TRIGGER label_layout_version_never_changes BEFORE UPDATE OR DELETE ON label_layout_version
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
INSERT INTO label_layout_version (layout_id, version, content, changed_by, changed_at)
SELECT l.id, l.version, json_build_object('name', l.name, 'width_mm', l.width_mm, 'height_mm', l.height_mm,
    'code_mm', l.code_mm, 'font_mm', l.font_mm, 'lines', l.lines, 'code_left_mm', l.code_left_mm,
    'code_top_mm', l.code_top_mm, 'text_left_mm', l.text_left_mm, 'text_top_mm', l.text_top_mm, 'active', l.active),
    '', l.updated_at
FROM label_layout l;
