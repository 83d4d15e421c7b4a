"""Labels and headings that no list of the product has and that its rules for words do not understand.

Written as facilities write them, before the suggestions were made, and left as they were: what is measured on them is
not what they were made for. Half of the words are near a known label in meaning, half in spelling or not at all.
"""

LABELS: dict[str, tuple[str, ...]] = {
    "quote_id": ("Sequencing docket", "Booking slip", "Worksheet handle", "Intake voucher"),
    "submitter_name": ("Depositor", "Who brings the tubes", "Drop-off colleague", "Dispatcher"),
    "submitter_email": ("Where we write to you", "Inbox", "Electronic contact for depositor", "Reply goes to"),
    "submitter_phone": ("Hotline", "Ring us at", "Landline", "Dial for urgent matters"),
    "pi_name": ("Senior scientist in charge", "Grant holder", "Boss", "Chair holder"),
    "pi_email": ("Inbox of grant holder", "Chair holder inbox", "Boss inbox", "Write to senior scientist"),
    "lab_name": ("Crew", "Bench community", "Squad", "Section of biology"),
    "institution": ("Corporate body", "Legal entity", "Establishment", "Alma mater"),
    "project_name": ("Endeavour", "Undertaking", "Scientific aim", "Campaign"),
    "account": ("Debit from", "Money comes out of", "Kostenstelle", "Settlement key"),
    "organism": ("Creature", "Living thing sequenced", "Beast or plant", "Critter"),
    "sample_type": ("What is in the tubes", "Biomolecule", "Stuff sent", "Extract class"),
    "buffer": ("Liquid phase", "Dilution fluid", "Vehicle", "Fluid in tubes"),
    "genome_size": ("C-value", "Bases per haploid set", "How big is the karyotype", "Nuclear megabases"),
    "coverage": ("Redundancy wanted", "Times over", "Oversampling", "Folds wished"),
    "library_kit": ("Adapter scheme", "Ligation or rapid", "Reagent bundle", "Prep recipe"),
    "flow_cell_type": ("Pore array", "Cartridge", "Consumable chip", "Array generation"),
    "flow_cell_count": ("How many cartridges", "Cartridges wanted", "Chips to load", "Arrays to load"),
    "basecalling": ("Signal translation", "Squiggle decoding", "Neural decoder", "Guppy/Dorado flavour"),
    "file_format": ("We hand back", "Shape of returned bytes", "Archive flavour", "Extension wanted"),
    "priority": ("Hurry", "Rush factor", "How soon", "Fast lane"),
    "submission_date": ("Calendar stamp", "When handed over", "Today is", "Penned on"),
    "sample_count": ("Vials", "Vials handed over", "Aliquots sent", "How many vials"),
    "biosafety": ("GMO tier", "Pathogen tier", "Danger rank", "Agent tier"),
    "comments": ("Scribbles", "Do tell us more", "P.S.", "Anything odd"),
}
HEADINGS: dict[str, tuple[str, ...]] = {
    "sample_name": ("Aliquot tag", "Vial inscription", "Sticker", "Moniker"),
    "volume_ul": ("Liquid / {ul}", "Fluid left ({ul})", "Amount of fluid [{ul}]", "Filled ({ul})"),
    "qubit_ng_per_ul": ("Dye assay", "Broad range kit result", "HS assay", "Dye based strength"),
    "nanodrop_ng_per_ul": ("Optical strength", "Light path result", "Photometer", "OD strength"),
    "a260_a280": ("Protein purity", "Purity one", "Protein carry-over", "First purity index"),
    "a260_a230": ("Salt purity", "Purity two", "Salt carry-over", "Second purity index"),
    "fragment_bp": ("TapeStation mode", "Femto Pulse peak", "Molecule span", "Smear centre"),
}
#: Labels of forms with their values that name nothing that the product keeps.
OTHERS: tuple[tuple[str, str], ...] = (
    ("Signature", "T. Example"), ("Courier", "Overnight"), ("Parcel", "ZX-99-1"),
    ("Freezer shelf", "B4"), ("Dry ice", "5 kg"), ("Tube colour", "amber"),
    ("Ethics vote", "EK-2029"), ("Internal use", "done"), ("Box lid", "green"),
    ("Door code", "4411"), ("VAT", "DE-0000"), ("Country", "Norrland"),
    ("Street", "Example Way 1"), ("Postcode", "00000"), ("Building", "Annex"),
    ("Floor", "third"), ("Fax", "none"), ("Website", "example.org"),
    ("Received by", "R. Vantage"), ("Checked by", "N. Quill"), ("Storage temperature", "-80 C"),
    ("Pages", "2"), ("Version of this form", "7"), ("Extraction method", "phenol"),
    ("RNase treatment", "done"), ("RIN", "8.9"), ("Gel picture", "attached"),
    ("Plate layout", "columns"), ("Barcoding scheme", "dual"), ("Pooling", "no pooling"),
    ("Return of leftovers", "discard"), ("Sex", "unknown"), ("Tissue", "leaf"),
    ("Harvested", "in spring"), ("Culture medium", "LB"), ("Growth phase", "log"),
    ("Passage", "12"), ("Antibiotic", "kanamycin"), ("Vector map", "enclosed"),
    ("Primer set", "16S"), ("Amplification cycles", "25"), ("Polymerase", "LongAmp"),
    ("Fragmentation", "none"), ("Bead ratio", "0.4"), ("Elution temperature", "37 C"),
    ("Pipette tips", "wide bore"), ("Consent form", "on file"), ("Export control", "none"),
    ("Terms accepted", "agreed"), ("How did you hear of us", "a poster"),
)  # fmt: skip
