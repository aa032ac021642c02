"""A million scans and a thousand films on a cluster, simulated: how long, and what breaks first.

Run: python benchmarks/schedule.py [--scans 1000000] [--films 1000] [--machines 4 16 64]
     [--storage 1 10] [--failing 24] [--rates inf 720 24 6 1] [--costs docs/item-costs.json]
     [--plot docs/scale.png]

The engine's own rules are simulated (schedule_model.py, schedule_archive.py). Seconds of an order
come from item_costs.py, times a lognormal factor (orders differ) and the machine's own (some are
slow). Machines fail at random, all cores of one together, and come back after half an hour; it
takes 30 s until anybody knows. Every order's bytes go through one storage, which serves so many
streams at once; the driver takes each result by itself. Scans are given out in lots of 20, so that
a million takes a minute to simulate.

The first table is of clusters whose machines fail every `--failing` hours in the mean. The second
has one of them, the middle one at the fastest storage, and machines that fail at several rates;
with films in parts, and with films as orders that begin anew when their machine is gone.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from schedule_archive import HOUR, World
from schedule_model import Tally, simulate

Run = tuple[World, Tally]

HEAD = (
    "| machines x cores | storage, GB/s | a machine fails every | films | hours | "
    "cores' efficiency | storage busy | driver busy | tail, hours | failures | core hours lost | "
    "given up |"
)


def row(world: World, tally: Tally) -> str:
    """For a table."""
    return (
        f"| {world.machines} x {world.cores} | {world.storage / 1e9:g} | {_every(world)} | "
        f"{'whole' if world.whole else 'in parts'} | {tally.hours:.1f} | "
        f"{100 * tally.efficiency:.0f} % | {100 * tally.storage:.0f} % | "
        f"{100 * tally.driver:.1f} % | {tally.tail:.2f} | {tally.failures} | {tally.lost:.1f} | "
        f"{tally.given_up} |"
    )


def _every(world: World) -> str:
    hours = world.failures / HOUR
    return "never" if hours == float("inf") else f"{hours:g} h"


def told(worlds: list[World]) -> list[Run]:
    """Simulate and print."""
    print(HEAD)
    print("|" + "---|" * (HEAD.count("|") - 1))
    found = []
    for world in worlds:
        found.append((world, simulate(world)))
        print(row(*found[-1]), flush=True)
    return found


def clusters(first: World, machines: list[int], storages: list[float]) -> list[World]:
    """Of several sizes, at several storages."""
    return [
        replace(first, machines=count, storage=storage * 1e9)
        for storage in storages
        for count in machines
    ]


def rates(one: World, hours: list[float]) -> list[World]:
    """A cluster whose machines fail more and more often; films in parts, then whole."""
    return [
        replace(one, failures=every * HOUR, whole=whole)
        for whole in (False, True)
        for every in hours
    ]


def plot(sizes: list[Run], failing: list[Run], path: Path) -> None:
    """Hours over cores, with what bounds them; and over the rate of failures."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    _plot_sizes(left, sizes)
    _plot_rates(right, failing)
    world = sizes[0][0]
    figure.suptitle(f"{world.scans:,} scans and {world.films:,} films, simulated", fontsize=11)
    figure.savefig(path, dpi=110)


def _plot_sizes(axes: Any, sizes: list[Run]) -> None:
    counts = sorted({world.machines * world.cores for world, _ in sizes})
    ends = counts[0], counts[-1]
    useful = sizes[0][1].useful
    axes.plot(ends, [useful / count for count in ends], "k--", linewidth=1, label="cores alone")
    for number, storage in enumerate(sorted({world.storage for world, _ in sizes})):
        some = [(world, tally) for world, tally in sizes if world.storage == storage]
        cores = [world.machines * world.cores for world, _ in some]
        name, color = f"{storage / 1e9:g} GB/s", f"C{number}"
        axes.plot(cores, [tally.hours for _, tally in some], "o-", color=color, label=name)
        _floor(axes, ends, some[0][1].storage * some[0][1].hours, f"storage alone, {name}", color)
    least = sizes[0][1].driver * sizes[0][1].hours
    _floor(axes, ends, least, "driver alone", "grey")
    axes.set_ylim(bottom=least / 2)
    axes.set(xscale="log", yscale="log", xlabel="cores", ylabel="hours", xticks=counts)
    axes.set_xticklabels([str(count) for count in counts])
    axes.minorticks_off()
    axes.set_title(f"what breaks first (a machine fails every {_every(sizes[0][0])})", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc=(0.02, 0.17))


def _floor(axes: Any, ends: tuple[int, int], hours: float, words: str, color: str) -> None:
    axes.plot(ends, [hours, hours], ":", color=color, linewidth=1)
    words = f"{words}: {hours:.1f} h"
    axes.annotate(words, (ends[1], hours), (0, -10), textcoords="offset points", ha="right", size=8)


def _plot_rates(axes: Any, failing: list[Run]) -> None:
    world = failing[0][0]
    for whole, words in ((False, "films in parts"), (True, "films whole")):
        some = [(one, tally) for one, tally in failing if one.whole == whole]
        places = range(len(some))
        axes.plot(places, [tally.hours for _, tally in some], "o-", label=words)
        for place, (_, tally) in zip(places, some, strict=True):
            if tally.given_up:
                text, at = f"{tally.given_up:,} of them fail", (place, tally.hours)
                beside = (-6, 4) if place + 1 < len(some) else (-6, -12)
                axes.annotate(text, at, beside, textcoords="offset points", ha="right", size=8)
    axes.set(xlabel="a machine fails every", ylabel="hours")
    axes.set_ylim(0, 1.15 * max(tally.hours for _, tally in failing))
    axes.set_xticks(places, [_every(one) for one, _ in some])
    title = f"{world.machines} x {world.cores} cores, storage of {world.storage / 1e9:g} GB/s"
    axes.set_title(title, fontsize=10)
    axes.legend(frameon=False, fontsize=8)


def arguments() -> argparse.Namespace:
    """Of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    docs = Path(__file__).parents[1] / "docs"
    parser.add_argument("--scans", type=int, default=1_000_000)
    parser.add_argument("--films", type=int, default=1_000)
    parser.add_argument("--minutes", type=float, default=90.0, help="of a film")
    parser.add_argument("--machines", type=int, nargs="+", default=[4, 16, 64])
    parser.add_argument("--storage", type=float, nargs="+", default=[1, 10], metavar="GB/S")
    parser.add_argument("--failing", type=float, default=24, metavar="HOURS")
    parser.add_argument("--rates", type=float, nargs="+", default=[float("inf"), 720, 24, 6, 1])
    parser.add_argument("--costs", type=Path, default=docs / "item-costs.json")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path)
    return parser.parse_args()


def main() -> None:
    """Simulate and print."""
    said = arguments()
    costs = json.loads(said.costs.read_text("utf-8"))
    first = World(costs, said.scans, said.films, said.minutes, seed=said.seed)
    failing = replace(first, failures=said.failing * HOUR)
    sizes = told(clusters(failing, said.machines, said.storage))
    middle = sorted(said.machines)[len(said.machines) // 2]
    one = replace(first, machines=middle, storage=max(said.storage) * 1e9)
    print()
    rated = told(rates(one, said.rates))
    if said.plot is not None:
        plot(sizes, rated, said.plot)


if __name__ == "__main__":
    main()
