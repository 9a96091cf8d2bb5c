"""Molecules drawn by RDKit as SVG, taken apart and put together again from known pieces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markupsafe import Markup

if TYPE_CHECKING:
    from rdkit.Chem import Mol

WIDTH, HEIGHT = 240, 170
LARGEST = 120
"""Heavy atoms beyond which a drawing would show nothing; the SMILES stands alone."""

_COLOR = re.compile(r"(fill|stroke):(#[0-9A-Fa-f]{6}|none)")
_STROKE = re.compile(r"stroke-width:([0-9.]+)")
_PATH = re.compile(r"[MLHVCSQTAZmlhvcsqtaz0-9eE ,.+-]*")


def draw(smiles: str) -> Markup | None:
    """Return the drawing of a molecule, None where RDKit does not read the SMILES.

    One whose valences are impossible is drawn as it is written, so that the fault can be seen.
    """
    from rdkit import rdBase
    from rdkit.Chem.Draw import rdMolDraw2D

    with rdBase.BlockLogs():
        mol, sound = _read(smiles)
        if mol is None or not 0 < mol.GetNumHeavyAtoms() <= LARGEST:
            return None
        pen = rdMolDraw2D.MolDraw2DSVG(WIDTH, HEIGHT)
        options = pen.drawOptions()
        options.clearBackground = False
        options.bondLineWidth = 1.4
        options.fixedFontSize = 13
        options.fixedBondLength = 22
        options.prepareMolsBeforeDrawing = sound
        if sound:
            rdMolDraw2D.PrepareAndDrawMolecule(pen, mol)
        else:
            pen.DrawMolecule(mol)
        pen.FinishDrawing()
    return _rebuilt(pen.GetDrawingText())


def _read(smiles: str) -> tuple[Mol | None, bool]:
    """Return the molecule, and whether its valences and rings could be made sense of."""
    from rdkit import Chem

    rules = Chem.SmilesParserParams()
    rules.allowCXSMILES = False
    rules.parseName = False
    mol = Chem.MolFromSmiles(smiles, rules) if smiles.strip() else None
    if mol is not None or not smiles.strip():
        return mol, True
    rules.sanitize = False
    rules.removeHs = False
    mol = Chem.MolFromSmiles(smiles, rules)
    if mol is not None:
        mol.UpdatePropertyCache(strict=False)
        Chem.FastFindRings(mol)
    return mol, False


def _rebuilt(drawing: str) -> Markup:
    """Return only the paths of a drawing, joined by colour: nothing else in it reaches the page."""
    strokes: dict[tuple[str, str, str], list[str]] = {}
    for element in ElementTree.fromstring(drawing).iter():
        path = element.get("d", "")
        if element.tag.rpartition("}")[2] == "path" and _PATH.fullmatch(path):
            look = _look(element.get("style", ""), element.get("fill", ""))
            strokes.setdefault(look, []).append(re.sub(r" ?([A-Za-z,]) ?", r"\1", path))
    head = '<svg class="molecule" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true">'
    parts = [
        Markup('<path fill="{}" stroke="{}" stroke-width="{}" d="{}"/>').format(*look, "".join(paths))
        for look, paths in strokes.items()
    ]
    opening = Markup(head).format(WIDTH, HEIGHT, WIDTH, HEIGHT)
    return opening + Markup("").join(parts) + Markup("</svg>")


def _look(style: str, fill: str) -> tuple[str, str, str]:
    """Return fill, stroke and stroke width of a path."""
    colors = dict(_COLOR.findall(style))
    width = _STROKE.search(style)
    plain_fill = fill if re.fullmatch("#[0-9A-Fa-f]{6}", fill) else "none"
    return colors.get("fill", plain_fill), colors.get("stroke", "none"), width[1] if width else "0"
