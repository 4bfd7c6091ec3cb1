#!/usr/bin/env python3
"""The README's pictures: what podlint prints of the manifests in testdata/picture, as SVG.

    picture.py PODLINT [--check]

Writes testdata/picture/*.svg; --check compares the files that are there with what would be written.
"""
import html, re, subprocess, sys
from pathlib import Path

PODLINT = Path(sys.argv[1]).resolve()
FOLDER = Path(__file__).resolve().parents[3] / "testdata/picture"
COLUMNS, CELL, LINE, MARGIN, BAR = 100, 8.4, 20, 20, 36

STYLE = """\
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#1f2328}
.paper{fill:#fff;stroke:#d0d7de}.bar{fill:#f6f8fa;stroke:#d0d7de}.title,.prompt{fill:#656d76}.title{text-anchor:middle}
.bold{font-weight:600}.red{fill:#cf222e}.yellow{fill:#9a6700}.blue{fill:#0969da}.green{fill:#1a7f37}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117;stroke:#30363d}.bar{fill:#161b22;stroke:#30363d}
.title,.prompt{fill:#8d96a0}.red{fill:#ff7b72}.yellow{fill:#d29922}.blue{fill:#79c0ff}.green{fill:#3fb950}}
"""
CLASSES = {"1": "bold", "31": "red", "32": "green", "33": "yellow", "34": "blue"}


def podlint(*arguments):
    done = subprocess.run([PODLINT, *arguments], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode < 2 and not done.stderr, done.stderr
    return done.stdout


def spans(line):
    """The pieces of a line that look alike: (column, classes, text)."""
    column, classes = 0, ""
    for codes, text in re.findall(r"(?:\x1b\[([\d;]*)m)?([^\x1b]*)", line):
        if codes:
            classes = " ".join(CLASSES[code] for code in codes.split(";") if code != "0")
        for word in re.finditer(r"\S+(?: \S+)*", text):
            yield column + word.start(), classes, word[0]
        column += len(text)
    assert column <= COLUMNS, line


def text_at(x, y, classes, text):
    """Text that takes its columns whichever font is there."""
    length = f' textLength="{len(text) * CELL:.1f}"' if len(text) > 1 else ""
    name = f' class="{classes}"' if classes else ""
    return f'<text x="{x:.1f}" y="{y}"{length}{name}>{html.escape(text, quote=False)}</text>\n'


def terminal(title, *arguments):
    """A window in which podlint was run."""
    command = " ".join(["podlint", *arguments])
    lines = podlint(*arguments, "--color", "always").splitlines()
    width, height = round(COLUMNS * CELL + 2 * MARGIN), BAR + MARGIN * 2 + LINE * (len(lines) + 2)
    out = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    out += f'aria-label="{html.escape(command)}">\n'
    out += f"<style>{STYLE}</style>\n"
    out += f'<rect class="paper" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="10"/>\n'
    out += f'<path class="bar" d="M.5 {BAR}.5V10.5a10 10 0 0 1 10-10H{width - 10.5}a10 10 0 0 1 10 10V{BAR}.5z"/>\n'
    for i, colour in enumerate(["#ff5f57", "#febc2e", "#28c840"]):
        out += f'<circle cx="{MARGIN + 2 + 20 * i}" cy="{BAR / 2 + .5:g}" r="6" fill="{colour}"/>\n'
    out += f'<text class="title" x="{width / 2:g}" y="{BAR / 2 + 5:g}">{html.escape(title)}</text>\n'
    y = BAR + MARGIN + 12
    out += text_at(MARGIN, y, "prompt", "$") + text_at(MARGIN + 2 * CELL, y, "bold", command)
    for i, line in enumerate(lines):
        for column, classes, text in spans(line):
            out += text_at(MARGIN + column * CELL, y + LINE * (i + 1), classes, text)
    y += LINE * (len(lines) + 1)
    out += text_at(MARGIN, y, "prompt", "$")
    out += f'<rect x="{MARGIN + 2 * CELL:.1f}" y="{y - 13}" width="{CELL}" height="17" fill="#8d96a0"/>\n'
    return out + "</svg>\n"


PICTURES = {
    "check.svg": lambda: terminal("shop", "check", "shop.yaml"),
    "simulate.svg": lambda: podlint("simulate", "pod.yaml", "--scenario", "scenario.yaml", "--format", "svg"),
}



def without_version(picture):
    """A newer version of Kubernetes alone makes no picture wrong."""
    return re.sub(r"Kubernetes 1\.\d+", "Kubernetes", picture)


failed = 0
for name, make in PICTURES.items():
    path, picture = FOLDER / name, make()
    if "--check" not in sys.argv:
        path.write_text(picture, encoding="utf-8")
    elif not path.exists() or without_version(path.read_text(encoding="utf-8")) != without_version(picture):
        print(f"FAIL testdata/picture/{name} is not what podlint prints; make picture writes it anew")
        failed += 1
if "--check" in sys.argv:
    print(f"picture: {len(PICTURES) - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
