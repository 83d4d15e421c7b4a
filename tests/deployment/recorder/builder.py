"""A podman, buildah or docker that writes down how it was called; each build makes an image with another identifier."""

import json
import os
import re
import sys
from pathlib import Path


def main() -> None:
    """Record the call and answer it."""
    program, *words = sys.argv[1:]
    folder = Path(os.environ["RECORDER"])
    file = folder / "state.json"
    state = json.loads(file.read_text("utf-8"))
    with (folder / "calls.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps({"program": program, "words": words, "input": ""}) + "\n")
    for rule in state["failures"]:
        if re.search(rule["like"], " ".join(words)):
            sys.stderr.write(f"{rule['says']}\n")
            sys.exit(rule["code"])
    if words[0] == "build":
        state["images"] = state.get("images", 0) + (0 if state.get("same_image") else 1)
    elif "inspect" in words:
        sys.stdout.write(f"sha256:{state.get('images', 0)}\n")
    file.write_text(json.dumps(state), encoding="utf-8")


main()
