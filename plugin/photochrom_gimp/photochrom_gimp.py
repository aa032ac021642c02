#!/usr/bin/env python3
"""photochrom in GIMP 3: Filters > Colorize. The network runs in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import gi

for name, version in (("Babl", "0.1"), ("Gegl", "0.4"), ("Gimp", "3.0")):
    gi.require_version(name, version)
from gi.repository import Gimp, GLib

import arguments
import coloring
import runtime_file
import words
from photochrom_worker.client import Worker, WorkerError

HOME = Path(__file__).resolve().parent
ATTRIBUTION = ("photochrom", "photochrom", "2026")


def run(
    procedure: Gimp.Procedure,
    run_mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: list[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
    data: Any,
) -> Gimp.ValueArray:
    """What GIMP calls; errors become its dialogs, or the return values of scripts."""
    del data
    try:
        if _run(procedure, run_mode, image, drawables, config):
            return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)
        return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
    except (WorkerError, runtime_file.SetUpError, words.CantColorizeError, ValueError) as error:
        told = GLib.Error(words.of(error))
        return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, told)


def _run(
    procedure: Gimp.Procedure,
    run_mode: Gimp.RunMode,
    image: Gimp.Image,
    drawables: list[Gimp.Drawable],
    config: Gimp.ProcedureConfig,
) -> bool:
    """False if the person thought better of it."""
    repeats = run_mode == Gimp.RunMode.WITH_LAST_VALS
    runtime = runtime_file.read(HOME)
    worker: Worker | None = None
    if run_mode == Gimp.RunMode.INTERACTIVE:
        import dialog  # it needs a display

        wanted, worker = dialog.ask(procedure, config, image, drawables, runtime)
        if not wanted:
            return False
    layers = coloring.layers_of(image, drawables, config.get_property("hints"), repeats)
    chosen = arguments.chosen(config)
    coloring.check(image, layers, chosen["output"])
    Gimp.progress_init("Colorizing")
    with worker or Worker(runtime.argv) as started:
        if worker is None:
            started.hello(runtime.silence)
        coloring.colorize(image, layers, chosen, started, runtime)
    Gimp.displays_flush()
    return True


class Photochrom(Gimp.PlugIn):  # type: ignore[misc]  # gi has no types
    """The plug-in."""

    def do_set_i18n(self, name: str) -> bool:
        """It speaks English."""
        del name
        return False

    def do_query_procedures(self) -> list[str]:
        """Its one procedure."""
        return [arguments.NAME]

    def do_create_procedure(self, name: str) -> Gimp.Procedure:
        """What GIMP shows and asks for."""
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, run, None)
        procedure.set_image_types("*")
        procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.DRAWABLE)
        procedure.set_menu_label(arguments.LABEL)
        procedure.add_menu_path(arguments.MENU)
        procedure.set_documentation(arguments.BLURB, arguments.HELP, None)
        procedure.set_attribution(*ATTRIBUTION)
        arguments.add_to(procedure)
        return procedure


Gimp.main(Photochrom.__gtype__, sys.argv)
