"""A call of GIMP's plug-in, step by step: how much of it is the way of the pixels.

Run: python benchmarks/gimp.py [--megapixels 24] [--bits 8] [--rounds 3]

It needs what `make test-gimp` needs, and runs in the same Debian tree. Inside of the real GIMP it
times the plug-in's own steps on a noisy picture that the cache does not know:

- worker start: from starting the process until it has shaken hands;
- pixels there: out of GIMP's layer, through the pipe, into the worker, which hashes them too;
- colouring: all that the worker does, while rows are on their way back;
- pixels back: into GIMP's buffers, and the change of the image.

The share of transfer is that of "there" and "back" in the whole. Beside it stand a call of the
procedure itself, and one repeated on the same pixels, which finds answers in the cache. Medians
over rounds.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
STEPS = ("start", "there", "color", "back")


def measured(asked: dict[str, int]) -> list[dict[str, Any]]:
    """What GIMP found, a row for each round and output."""
    sys.path.append(str(HERE.parent / "tests"))
    from helpers.gimp import make_tree, new_stage

    make_tree()
    with tempfile.TemporaryDirectory() as folder:
        stage = new_stage(Path(folder))
        stage.folder.joinpath("asked.json").write_text(json.dumps(asked), "utf-8")
        shutil.copy(HERE / "gimp_call.py", stage.folder)
        done = stage.batch("gimp_call.py")
        if done.returncode != 0:
            raise SystemExit(done.stdout + done.stderr)
        found: list[dict[str, Any]] = json.loads((stage.folder / "found.json").read_text("utf-8"))
    return found


def table(rows: list[dict[str, Any]]) -> None:
    """Print medians of one output."""
    each = {name: median(row[name] for row in rows) for name in rows[0] if name != "output"}
    each["color"] = median(row["color and back"] - (row["back"] - row["apply"]) for row in rows)
    whole = sum(each[name] for name in STEPS)
    transfer = (each["there"] + each["back"]) / whole
    print(
        f"{rows[0]['output']}: worker start {each['start']:.2f} s, pixels there "
        f"{each['there']:.2f}, colouring {each['color']:.2f}, pixels back {each['back']:.2f}; "
        f"transfer {transfer:.0%} of {whole:.2f} s"
    )
    again = f", repeated {each['again']:.2f} s" if "again" in each else ""
    print(f"  the procedure {each['call']:.2f} s{again}")


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megapixels", type=float, default=24)
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    height = round((told.megapixels * 1e6 / 1.5) ** 0.5)
    asked = {"width": height * 3 // 2, "height": height, "bits": told.bits, "rounds": told.rounds}
    rows = measured(asked)
    print(f"{asked['width']} x {asked['height']}, {told.bits} bits")
    for output in ("lch-layer", "in-place"):
        table([row for row in rows if row["output"] == output])


if __name__ == "__main__":
    main()
