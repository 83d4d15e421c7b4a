"""Turns places in a PDF into points from the top left corner of the page as it is shown, cropped and turned."""

import ctypes
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2 import raw

from nanopore_tracking.services.ai.readings.model import Box

#: a, b, c, d, e, f of a PDF: x' = ax + cy + e, y' = bx + dy + f.
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Placement:
    """A page's size as it is shown, its turn in quarters, and its edges in the file's own places."""

    width_pt: float
    height_pt: float
    rotation: int
    edges: Box = field(default=(0.0, 0.0, 0.0, 0.0))

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> "Placement":
        """Return the placement of a page."""
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
        width_pt, height_pt = page.get_size()
        return cls(width_pt, height_pt, raw.FPDFPage_GetRotation(page), (box.left, box.bottom, box.right, box.top))

    def shown(self, box: Box) -> Box:
        """Return where a rectangle of the file (left, bottom, right, top) is shown."""
        left, bottom, right, top = box
        edge_left, edge_bottom, edge_right, edge_top = self.edges
        if self.rotation == 0:
            return left - edge_left, edge_top - top, right - edge_left, edge_top - bottom
        if self.rotation == 1:
            return bottom - edge_bottom, left - edge_left, top - edge_bottom, right - edge_left
        if self.rotation == 2:
            return edge_right - right, bottom - edge_bottom, edge_right - left, top - edge_bottom
        return edge_top - top, edge_right - right, edge_top - bottom, edge_right - left


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """Return the matrix that applies the inner one first."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def moved(matrix: Matrix, box: Box) -> Box:
    """Return the box around a rectangle (left, bottom, right, top) after a matrix."""
    if matrix is IDENTITY:
        return box
    a, b, c, d, e, f = matrix
    points = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def matrix_of(thing: raw.FPDF_PAGEOBJECT) -> Matrix:
    """Return the matrix of an object of a page."""
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(thing, ctypes.byref(found)):
        return IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f
