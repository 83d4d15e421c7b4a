"""Makes PDF files that are damaged, protected, or made to do harm."""

import io
import zlib

import pikepdf

_HEAD = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
_PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
    b"/Resources<</XObject<</X 5 0 R>>/Font<</F 6 0 R>>>>>>"
)
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"


def _file(*objects: bytes) -> bytes:
    content, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return content + end + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(content))


def _stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (extra, len(content), content)


def _packed(part: bytes, times: int) -> bytes:
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(part) for _ in range(times)) + packer.flush()
    return _stream(packed, b"/Filter/FlateDecode")


def flate_bomb() -> bytes:
    """Return 2 MB that unpack to 400 MB."""
    return _file(*_HEAD, _PAGE, _packed(b" " * 10_000_000, 40), b"<<>>", _FONT)


def drawn_in_itself() -> bytes:
    """Return a drawing that draws itself, twenty times each time."""
    return _file(*_HEAD, _PAGE, _stream(b"/X Do"), _stream(b"/X Do " * 20, _FORM), _FONT)


def many_rectangles() -> bytes:
    """Return more drawings than anybody looks at."""
    return _file(*_HEAD, _PAGE, _packed(b"1 1 2 2 re f\n" * 1000, 100), b"<<>>", _FONT)


def protected(content: bytes, *, user: str) -> bytes:
    """Return a file that needs a password, or only has one for its owner."""
    sink = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as file:
        file.save(sink, encryption=pikepdf.Encryption(user=user, owner="owner"))
    return sink.getvalue()


def packed_three_times() -> bytes:
    """Return a kilobyte or so that unpacks to 300 MB, in three layers."""
    packer = zlib.compressobj(1)
    inner = b"".join(packer.compress(b" " * 10_000_000) for _ in range(30)) + packer.flush()
    packed = zlib.compress(zlib.compress(inner, 9), 9)
    stream = _stream(packed, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]")
    return _file(*_HEAD, _PAGE, stream, b"<<>>", _FONT)


def laughs() -> bytes:
    """Return drawings of which each draws the next one ten times, ten levels deep."""
    page = _PAGE.replace(b"/X 5 0 R", b"/X 7 0 R")
    shapes = [
        _stream(
            b"/X Do " * 10 if level < 9 else b"1 1 2 2 re f",
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (8 + level),
        )
        for level in range(10)
    ]
    return _file(*_HEAD, page, _stream(b"/X Do"), b"<<>>", _FONT, *shapes)


def many_letters() -> bytes:
    """Return a page of sixty million letters."""
    return _file(*_HEAD, _PAGE, _packed(b"BT /F 9 Tf 9 9 Td (" + b"x" * 60_000 + b") Tj ET\n", 1000), b"<<>>", _FONT)


def many_pages() -> bytes:
    """Return two hundred thousand pages that are all the same one."""
    kids = b"<</Type/Pages/Count 200000/Kids[" + b"3 0 R " * 200_000 + b"]>>"
    return _file(_HEAD[0], kids, _PAGE, _stream(b""), b"<<>>", _FONT)


def pages_in_a_ring() -> bytes:
    """Return pages that are their own children."""
    return _file(_HEAD[0], b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>", _PAGE, _stream(b""), b"<<>>", _FONT)


def deep() -> bytes:
    """Return a hundred thousand lists in each other."""
    return _file(*_HEAD, _PAGE, b"[" * 100_000 + b"]" * 100_000, b"<<>>", _FONT)
