-- Catalogues of what is charged, and of the days on which the facility does not work.
ALTER TABLE catalogue_version DROP CONSTRAINT catalogue_version_name_check;
ALTER TABLE catalogue_version ADD CONSTRAINT catalogue_version_name_check CHECK (name IN ('kits', 'barcodes',
    'flow_cells', 'thresholds', 'service_types', 'price_items', 'holidays'));
