"""Runs inside of GIMP: what the plug-in does to images of every kind."""

import sys
from typing import Any

sys.path.insert(0, "/t")
from gi.repository import Gimp
from in_gimp import (
    HERE,
    NAME,
    call,
    exported,
    fill,
    keep,
    names,
    opened,
    picture,
    read,
    run_all,
    state,
)

B, T, P = Gimp.ImageBaseType, Gimp.ImageType, Gimp.Precision
KINDS = {
    "gray": (B.GRAY, T.GRAY_IMAGE),
    "graya": (B.GRAY, T.GRAYA_IMAGE),
    "rgb": (B.RGB, T.RGB_IMAGE),
    "rgba": (B.RGB, T.RGBA_IMAGE),
}
LAYERS = [
    ("gray", P.U8_NON_LINEAR), ("graya", P.U8_NON_LINEAR), ("gray", P.U16_NON_LINEAR),
    ("gray", P.FLOAT_LINEAR), ("rgb", P.U8_LINEAR), ("rgb", P.U8_PERCEPTUAL),
    ("rgba", P.U16_NON_LINEAR), ("rgb", P.U16_LINEAR), ("rgb", P.U32_NON_LINEAR),
    ("rgba", P.HALF_LINEAR), ("rgb", P.FLOAT_NON_LINEAR), ("rgb", P.DOUBLE_LINEAR),
]  # fmt: skip
IN_PLACE = [
    ("graya", P.U16_NON_LINEAR), ("rgba", P.U8_NON_LINEAR), ("rgb", P.HALF_NON_LINEAR),
    ("rgb", P.U32_LINEAR), ("rgba", P.FLOAT_LINEAR),
]  # fmt: skip
RED, BLUE = bytes((220, 30, 30, 255)), bytes((30, 60, 220, 255))


def registration() -> Any:
    procedure = Gimp.get_pdb().lookup_procedure(NAME)
    return {
        "menus": procedure.get_menu_paths(),
        "label": procedure.get_menu_label(),
        "blurb": procedure.get_blurb(),
        "help": procedure.get_help(),
        "types": procedure.get_image_types(),
        "arguments": {
            spec.name: [spec.__gtype__.name, spec.value_type.name, spec.nick, spec.blurb]
            for spec in procedure.get_arguments()
        },
    }


def new_layers() -> Any:
    """Every type and precision, into new layers."""
    return [of_kind(kind, precision, "lch-layer") for kind, precision in LAYERS]


def in_place() -> Any:
    return [of_kind(kind, precision, "in-place") for kind, precision in IN_PLACE]


def of_kind(kind: Any, precision: Any, output: Any) -> Any:
    image, layer = picture(*KINDS[kind], precision)
    before = state(image)
    name = f"{output}-{kind}-{precision.value_nick}"
    keep(f"{name}-before", layer, "R'G'B'A float")
    called = call(image, layer, output=output)
    colored = image.get_layers()[0]
    keep(f"{name}-after", colored, "R'G'B'A float")
    if output != "in-place":
        keep(f"{name}-source", layer, "R'G'B'A float")
    told = {
        "name": name,
        **called,
        "layers": names(image),
        "base": image.get_base_type().value_nick,
        "precision": [before[3], image.get_precision().value_nick],
        "alpha": [layer.has_alpha(), colored.has_alpha()],
        "chosen": [one.get_name() for one in image.get_selected_layers()],
    }
    image.delete()
    return told


def indexed() -> Any:
    image, layer = picture(*KINDS["rgba"], P.U8_NON_LINEAR)
    image.convert_indexed(
        Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 32, False, False, ""
    )
    before = read(layer, "R'G'B'A u8")
    called = call(image, layer)
    after = read(layer, "R'G'B'A u8")
    colored = read(image.get_layers()[0], "R'G'B'A u8")
    told = {**called, "base": image.get_base_type().value_nick, "layers": names(image)}
    image.delete()
    return {**told, "source kept": before == after, "colored": colored != before}


def equals_the_command_line() -> Any:
    """Files opened, coloured in place and in a layer; the test compares pixels."""
    told = {}
    for path in sorted((HERE / "files").iterdir()):
        form = "R'G'B'A" if "alpha" in path.stem else "R'G'B'"
        form += " u16" if "16" in path.stem else " u8"
        for output in ("in-place", "lch-layer") if "grey" in path.stem else ("in-place",):
            image = opened(path)
            profile = image.get_color_profile()
            called = call(image, image.get_layers()[0], output=output)
            colored = image.get_layers()[0]
            keep(f"{path.stem}-{output}", colored, own(form, colored) if profile else form)
            told[f"{path.stem} {output}"] = called
            image.delete()
    return told


def own(form: Any, layer: Any) -> Any:
    """A format's name in the layer's own space."""
    from gi.repository import Babl

    return Babl.get_name(Babl.format_with_space(form, layer.get_format()))


def selection() -> Any:
    """In place: inside changed, outside untouched; as a layer: hidden by a mask."""
    image, layer = picture(*KINDS["rgb"], P.U8_NON_LINEAR)
    before = read(layer, "R'G'B' u8")
    whole, _ = picture(*KINDS["rgb"], P.U8_NON_LINEAR)
    call(whole, whole.get_layers()[0], output="in-place")
    expected = read(whole.get_layers()[0], "R'G'B' u8")
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 24, 12, 48, 40)
    image.get_selection().sharpen(image)
    called = call(image, layer)
    mask = image.get_layers()[0].get_mask()
    hidden = read(mask, "Y u8")
    selected = read(image.get_selection(), "Y u8")
    edits_mask = image.get_layers()[0].get_edit_mask()
    call(image, layer, output="in-place")
    after = read(layer, "R'G'B' u8")
    inside = [code > 127 for code in selected]
    good = all(
        after[3 * i : 3 * i + 3] == (expected if inside[i] else before)[3 * i : 3 * i + 3]
        for i in range(len(inside))
    )
    image.delete()
    whole.delete()
    return {
        **called, "good": good, "mask is selection": hidden == selected, "edits mask": edits_mask,
        "inside": sum(inside), "changed": after != before,
    }  # fmt: skip


def masks() -> Any:
    """A source with a mask, and a selection: both hide."""
    image, layer = picture(*KINDS["rgb"], P.U8_NON_LINEAR)
    mask = layer.create_mask(Gimp.AddMaskType.BLACK)
    layer.add_mask(mask)
    fill(mask, "Y u8", bytes([255]) * 48 * 64, (0, 0, 48, 64))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 24, 0, 48, 64)
    called = call(image, mask)  # the mask is what is active after painting on it
    hidden = read(image.get_layers()[0].get_mask(), "Y u8")
    image.delete()
    return {**called, "seen": [x for x in range(96) if hidden[10 * 96 + x] > 127]}


def groups() -> Any:
    """In a group, moved beyond the canvas: the new layer lies over its source."""
    image, layer = picture(*KINDS["rgb"], P.U8_NON_LINEAR)
    layer.set_offsets(-10, 5)
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    image.reorder_item(layer, group, 0)
    other = Gimp.Layer.new(image, "over", 8, 8, T.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(other, group, 0)
    image.set_selected_layers([layer])
    called = call(image, layer, output="color-layer")
    inside = [[one.get_name(), *one.get_offsets()[1:]] for one in group.get_children()]
    chosen = [one.get_name() for one in image.get_selected_layers()]
    as_a_whole = call(image, group)
    told = {**called, "inside": inside, "chosen": chosen, "group": as_a_whole, "all": names(image)}
    image.delete()
    return told


def hints() -> Any:
    """Strokes on a layer that lies elsewhere than the photograph."""
    image, layer = picture(*KINDS["rgb"], P.U8_NON_LINEAR, (120, 90))
    call(image, layer, output="in-place")
    keep("hints-without", layer, "R'G'B' u8")
    image.delete()
    image, layer = picture(*KINDS["rgb"], P.U8_NON_LINEAR, (120, 90))
    painted = Gimp.Layer.new(image, "strokes", 60, 90, T.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(painted, None, 0)
    painted.set_offsets(30, 0)
    fill(painted, "R'G'B'A u8", RED * 900, (5, 30, 30, 30))
    alone = call(image, painted, hints=painted, output="color-layer")
    alone["layers"] = names(image)
    image.remove_layer(image.get_layers()[1])
    called = call(image, layer, output="in-place", hints=painted)
    keep("hints-with", layer, "R'G'B' u8")
    image.delete()
    return {**called, "alone": alone}


def repeated() -> Any:
    """As Ctrl+F does, after more strokes: the result's pixels change, its mask and opacity stay."""
    image, layer = picture(*KINDS["rgb"], P.U8_NON_LINEAR, (120, 90))
    painted = Gimp.Layer.new(image, "strokes", 120, 90, T.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(painted, None, 0)
    fill(painted, "R'G'B'A u8", RED * 900, (10, 30, 30, 30))
    first = call(image, layer, hints=painted)
    result = image.get_layers()[1]
    result.set_opacity(70.0)
    mask = result.create_mask(Gimp.AddMaskType.WHITE)
    result.add_mask(mask)
    fill(mask, "Y u8", bytes(10 * 90), (0, 0, 10, 90))
    masked, before = read(mask, "Y u8"), read(result, "R'G'B' u8")
    fill(painted, "R'G'B'A u8", BLUE * 900, (80, 30, 30, 30))
    image.set_selected_layers([painted])
    again = call(image, painted, Gimp.RunMode.WITH_LAST_VALS)
    keep("repeated", result, "R'G'B' u8")
    told = {
        "first": first, "again": again, "layers": names(image),
        "opacity": result.get_opacity(), "mask kept": read(result.get_mask(), "Y u8") == masked,
        "changed": read(result, "R'G'B' u8") != before,
        "chosen": [one.get_name() for one in image.get_selected_layers()],
    }  # fmt: skip
    # by script, or from the dialog, another result comes
    told["third"] = call(image, layer)
    told["layers then"] = names(image)
    image.delete()
    return told


def settings_count() -> Any:
    """Saturation 0 leaves grey grey; strength 0 the picture as it was."""
    told = {}
    for name in ("saturation", "strength"):
        image, layer = picture(*KINDS["rgb"], P.U16_NON_LINEAR)
        before = read(layer, "R'G'B' u8")
        told[name] = call(image, layer, output="in-place", detail="1", device="cpu", **{name: 0.0})
        after = read(layer, "R'G'B' u8")
        told[name]["most"] = max(abs(one - two) for one, two in zip(before, after, strict=True))
        image.delete()
    return told


def restoration() -> Any:
    """Levels: the light changes too, so the result is a layer in normal mode."""
    image, layer = picture(*KINDS["gray"], P.U8_NON_LINEAR)
    fill(layer, "Y' u8", bytes(90 + (x + y) % 60 for y in range(64) for x in range(96)))
    called = call(image, layer, restore="levels")
    light = read(image.get_layers()[0], "Y' u8")
    told = {**called, "layers": names(image), "range": [min(light), max(light)]}
    image.delete()
    return told


def large() -> Any:
    """More pixels than one strip holds."""
    width, height = 2600, 1400
    image = Gimp.Image.new_with_precision(width, height, B.RGB, P.U16_NON_LINEAR)
    layer = Gimp.Layer.new(image, "big", width, height, T.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    row = b"".join(bytes((x * 255 // width, 255)) for x in range(width))
    for top in range(0, height, 100):
        fill(layer, "Y'A u8", row * 100, (0, top, width, 100))
    keep("large-before", layer, "R'G'B'A u16")
    called = call(image, layer, output="in-place", detail="0")
    keep("large-after", layer, "R'G'B'A u16")
    image.delete()
    return called


def provenance() -> Any:
    """Files say that a model coloured them; what they said before stays."""
    told = {}
    image = opened(HERE / "tagged.jpg")
    called = call(image, image.get_layers()[0])
    for ending, kind in (("png", "png"), ("jpg", "jpeg"), ("tif", "tiff")):
        path = HERE / f"exported.{ending}"
        exported(image, path, kind)
        data = path.read_bytes()
        told[ending] = [b"compositeWithTrainedAlgorithmicMedia" in data, b"A. Photographer" in data]
    image.delete()
    return {**called, "files": told}


CASES = [
    registration, new_layers, in_place, indexed, equals_the_command_line, selection, masks, groups,
    hints, repeated, settings_count, restoration, large, provenance,
]  # fmt: skip
run_all(CASES, "cases.json")
