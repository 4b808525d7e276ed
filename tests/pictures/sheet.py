"""The pictures side by side, with what was found."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.pictures.looking import SCHEMES, SIZES, Looked

STYLE = """
body { font: 14px/20px system-ui, sans-serif; margin: 24px; background: #8883; color-scheme: light dark }
section { margin-block-end: 40px } h2 { margin: 0 0 8px; position: sticky; top: 0; background: Canvas; padding: 4px }
.looks { display: flex; gap: 12px; align-items: start; overflow-x: auto }
img { display: block; border: 1px solid #8886 }
.wide img { inline-size: 620px } .phone img { inline-size: 200px }
li { color: #c22; font: 12px/18px ui-monospace, monospace }
"""


def write_sheet(folder: Path, all_looked: Sequence[Looked]) -> Path:
    names = list(dict.fromkeys(looked.state for looked in all_looked))
    sections = "\n".join(_section(name, [each for each in all_looked if each.state == name]) for name in names)
    faulty = sum(bool(looked.faults) for looked in all_looked)
    head = f"<title>Pictures</title><style>{STYLE}</style><h1>{len(names)} states, {faulty} with faults</h1>"
    path = folder / "index.html"
    path.write_text(f"<!doctype html><html lang=en><meta charset=utf-8>{head}\n{sections}\n", encoding="utf-8")
    return path


def _section(name: str, looks: Sequence[Looked]) -> str:
    pictures = "".join(
        f"<a class={size} href='{path.name}'><img loading=lazy src='{path.name}' alt='{size}, {scheme}'></a>"
        for size in SIZES
        for scheme in SCHEMES
        for looked in looks
        if looked.size == size and (path := looked.pictures.get(scheme))
    )
    faults = "".join(f"<li>{looked.size}: {escape(fault)}</li>" for looked in looks for fault in looked.faults)
    return f"<section id='{name}'><h2>{name}</h2><ul>{faults}</ul><div class=looks>{pictures}</div></section>"
