"""Templates hold no script, no style, no handler and nothing that needs eval: the content policy forbids them."""

import re
from pathlib import Path

_FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\b(?:src|type=\"application/json\"))", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "htmx code that needs eval": re.compile(r"\bhx-on\b|[\"']js:|\bhx-trigger=\"[^\"]*\["),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "an address of another host": re.compile(r"\b(?:src|href|action)\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE),
}


def unsafe_templates(package: Path) -> list[str]:
    """Lines of templates that a strict content policy would refuse, or that would let one page run another's code."""
    found = []
    for file in sorted((package / "web").rglob("*.html")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            found += [
                f"{file.relative_to(package)}:{number} has {what}"
                for what, pattern in _FORBIDDEN.items()
                if pattern.search(line)
            ]
    return found
