"""What the kernel may not know, and how sentences for people are written."""

import ast
import re
from pathlib import Path

_LABORATORY = re.compile(
    r"\b(samples?|specimens?|submissions?|lab|labs|laborator(y|ies)|barcodes?|flow.?cells?|sequenc(er|ing)|"
    r"basecall\w*|technicians?)\b",
    re.IGNORECASE,
)
_KINDS = {
    "Invalid",
    "TooLarge",
    "UnsupportedMedia",
    "PreconditionRequired",
    "NotFound",
    "Conflict",
    "Stale",
    "Forbidden",
    "Unauthenticated",
    "Unavailable",
    "TooMany",
    "FieldError",
}
_PLEADING = re.compile(r"!|\bplease\b|\bsorry\b|\boops\b", re.IGNORECASE)


def laboratory_words_in_the_kernel(package: Path) -> list[str]:
    """Names in the kernel's code that belong to a service; comments and docstrings may give examples."""
    found = []
    for file in sorted((package / "kernel").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            found += [
                f"{file.relative_to(package)}:{getattr(node, 'lineno', 0)} {name}"
                for name in _names(node)
                if _LABORATORY.search(name.replace("_", " "))
            ]
    return found


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return [name]
        case _:
            return []


def rough_sentences(package: Path) -> list[str]:
    """Messages of errors that are no whole sentence, or that shout or plead."""
    found = []
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in _KINDS:
                text = _text(node)
                if text and (_PLEADING.search(text) or not text.rstrip().endswith((".", "?", "{}"))):
                    found.append(f"{file.relative_to(package)}:{node.lineno} {text}")
    return found


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _text(node: ast.Call) -> str:
    """Return the message as written, with {} for what is filled in; empty when it is not written here."""
    position = 1 if _called(node) == "FieldError" else 0
    message = next((word.value for word in node.keywords if word.arg == "message"), None)
    if message is None:
        message = node.args[position] if len(node.args) > position else None
    match message:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case _:
            return ""
