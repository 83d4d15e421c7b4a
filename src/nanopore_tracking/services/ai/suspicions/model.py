"""Tells text that gives orders to a reader of documents from what a submitter writes to the facility."""

import re

_ORDERS = re.compile(
    r"ignore\s+(?:all\s+|any\s+)?(?:the\s+)?(?:previous|prior|above|earlier|other)|disregard\s+(?:all|any|the|previous|prior)|"
    r"forget\s+(?:all|everything|previous)|(?:previous|prior|above)\s+instructions|new\s+instructions?\b|"
    r"^\s*(?:system|assistant|developer)\s*(?:prompt|message|note)?\s*[:>\]]|<\|?\s*(?:system|im_start|assistant)|\[/?inst\]|"
    r"you\s+are\s+(?:now\s+)?(?:an?\s+)?(?:ai|assistant|language\s+model|llm|parser|extractor)|"
    r"(?:reply|respond|answer|return|output)\s+(?:only|with\s+only|exactly|json)|"
    r"(?:set|change|overwrite|replace|update|override)\s+(?:the\s+)?(?:\w+\s+){0,2}"
    r"(?:priority|account|price|email|e-mail|status|concentration|budget|field|value|quote)s?\b.{0,30}\bto\b|"
    r"\b(?:approved|approve|authori[sz]ed)\s*[=:]\s*(?:true|yes|1)|mark\s+(?:this|it|the\s+\w+)\s+as\s+(?:approved|paid|urgent)|"
    r"(?:note|message|instructions?)\s+(?:to|for)\s+(?:the\s+)?(?:ai|llm|model|parser|assistant|bot|automated|reader\s+program)|"
    r"(?:correct|real|actual|true)\s+(?:billing\s+)?(?:account|priority|e-?mail|value)\s+(?:number\s+)?(?:is|=)|"
    r"(?:language\s+model|ai\s+(?:system|model|agent)|\bllm\b|chat\s*gpt|prompt)\b|do\s+not\s+(?:tell|inform|show)\s+the\s+(?:user|"
    r"human|operator)",
    re.IGNORECASE | re.MULTILINE,
)


def is_order(text: str) -> bool:
    """Tell whether a text tries to tell a program what to do."""
    return _ORDERS.search(" ".join(text.split())) is not None


def orders_in(text: str) -> list[tuple[int, int]]:
    """Return where texts stand that try to tell a program what to do, as stretches of a longer text."""
    return [found.span() for found in _ORDERS.finditer(text)]


def may_order(text: str) -> bool:
    """Tell whether any line of a longer text may give orders: one look at a page instead of one at each line."""
    return _ORDERS.search(text) is not None


def hidden_warning(page: int, texts: list[str]) -> str:
    """Return what to tell about text that nobody sees."""
    start = texts[0][:80] + ("…" if len(texts[0]) > 80 or len(texts) > 1 else "")
    return f"Page or sheet {page} holds text that cannot be seen; it was not read as a value: “{start}”"


def order_warning(text: str) -> str:
    """Return what to tell about text that gives orders."""
    return f"A text on the form gives orders to whoever reads it by a program; it set no field: “{text[:120]}”"
