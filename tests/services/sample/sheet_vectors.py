"""Sample sheets, and what each tool says of them: the product's own vectors for the rules where the tools disagree."""

from typing import NamedTuple

HEAD = "flow_cell_id,sample_id,experiment_id,kit,barcode,alias,type\n"
ROW = "FAX12345,POOL_1,EXP_1,SQK-RBK114-24,barcode01,S1,test_sample\n"
#: What all four take.
COMMON = HEAD + ROW + "FAX12345,POOL_1,EXP_1,SQK-RBK114-24,barcode02,NTC,no_template_control\n"
LONG = "A" * 41
TOOLS = ("minknow_ui", "minknow_api", "dorado", "epi2me")


class Vector(NamedTuple):
    """A sheet by a short name; refused_by: tool and the rule that it breaks there, the others take it."""

    name: str
    text: str
    refused_by: dict[str, str]


VECTORS = [
    Vector("what all take", COMMON, {}),
    Vector("CRLF", COMMON.replace("\n", "\r\n"), {}),
    Vector(
        "both places",
        COMMON.replace("flow_cell_id,", "flow_cell_id,position_id,").replace("FAX12345,", "FAX12345,X1,"),
        {"minknow_api": "one-place"},
    ),
    Vector(
        "no place",
        COMMON.replace("flow_cell_id,", "").replace("FAX12345,", ""),
        dict.fromkeys(("minknow_ui", "minknow_api", "dorado"), "one-place"),
    ),
    Vector(
        "no kit",
        COMMON.replace("kit,", "").replace("SQK-RBK114-24,", ""),
        dict.fromkeys(("minknow_ui", "dorado"), "column-missing"),
    ),
    Vector(
        "a column of one's own",
        COMMON.replace("type\n", "type,species\n").replace("sample\n", "sample,\n").replace("trol\n", "trol,alien\n"),
        {"dorado": "unknown-column"},
    ),
    Vector("a dot in an alias", COMMON.replace("S1,", "S.1,"), {"dorado": "safe-text"}),
    Vector(
        "an alias of 41 characters", COMMON.replace("S1,", f"{LONG},"), {"minknow_ui": "length", "dorado": "safe-text"}
    ),
    Vector("a space in an alias", COMMON.replace("S1,", "S 1,"), {"minknow_ui": "form", "dorado": "safe-text"}),
    Vector(
        "an alias like a barcode",
        COMMON.replace("S1,", "barcode07,"),
        dict.fromkeys(("dorado", "epi2me"), "alias-reserved"),
    ),
    Vector("an alias that begins with barcode", COMMON.replace("S1,", "barcode_a,"), {"epi2me": "alias-reserved"}),
    Vector("unclassified as an alias", COMMON.replace("S1,", "unclassified,"), {"dorado": "alias-reserved"}),
    Vector(
        "an unknown type",
        COMMON.replace("test_sample", "blank"),
        dict.fromkeys(("minknow_ui", "minknow_api", "epi2me"), "type"),
    ),
    Vector(
        "a type of MinKNOW alone",
        COMMON.replace("test_sample", "positive_control_1"),
        dict.fromkeys(("minknow_api", "epi2me"), "type"),
    ),
    Vector(
        "barcode of three digits",
        COMMON.replace("barcode01", "barcode012"),
        {"epi2me": "barcode-length"},
    ),
    Vector(
        "a barcode that the kit has not", COMMON.replace("barcode02", "barcode25"), {"minknow_ui": "barcode-of-kit"}
    ),
    Vector(
        "the same barcode twice",
        COMMON.replace("barcode02", "barcode01"),
        dict.fromkeys(("minknow_ui", "minknow_api", "epi2me"), "duplicate-barcode"),
    ),
    Vector(
        "the same alias twice",
        COMMON.replace("NTC", "S1"),
        dict.fromkeys(("minknow_ui", "minknow_api", "epi2me"), "duplicate-alias"),
    ),
    Vector(
        "two experiments",
        COMMON.replace("EXP_1", "EXP_2", 1),
        dict.fromkeys(("minknow_ui", "minknow_api", "dorado"), "one-experiment"),
    ),
    Vector(
        "two samples in one place",
        COMMON.replace("POOL_1", "POOL_2", 1),
        dict.fromkeys(("minknow_ui", "minknow_api"), "one-sample-id"),
    ),
    Vector("a cell too few", COMMON.replace(",test_sample\n", "\n"), {"dorado": "cells", "epi2me": "cells"}),
    Vector("an empty line", COMMON.replace(HEAD, HEAD + "\n"), {"dorado": "cells"}),
    Vector("a quoted cell", COMMON.replace("S1", '"S1"'), {"dorado": "safe-text"}),
    Vector(
        "a mark at the start",
        "\ufeff" + COMMON,
        dict.fromkeys(("minknow_ui", "minknow_api", "dorado"), "hidden-character"),
    ),
    Vector("a character that nobody sees", COMMON.replace("S1", "S\u200b1"), dict.fromkeys(TOOLS, "hidden-character")),
    Vector("semicolons", COMMON.replace(",", ";"), dict.fromkeys(TOOLS, "separator")),
    Vector("nothing", "", dict.fromkeys(TOOLS, "no-columns")),
    Vector(
        "alias without barcodes",
        "flow_cell_id,sample_id,experiment_id,kit,alias\nFAX12345,P,E,SQK-LSK114,S1\n",
        {**dict.fromkeys(("minknow_ui", "minknow_api", "dorado"), "barcode-missing"), "epi2me": "column-missing"},
    ),
    Vector(
        "no barcodes at all",
        "flow_cell_id,sample_id,experiment_id,kit\nFAX12345,P,E,SQK-LSK114\n",
        {"epi2me": "column-missing"},
    ),
]
