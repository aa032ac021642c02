"""The log read back, the plot of losses and the page."""

import base64
import json
from collections.abc import Sequence
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photochrom.errors import InputError, OutputError
from photochrom_trainer.config import Stage, TrainConfig
from photochrom_trainer.data.screening import Screening
from photochrom_trainer.evaluation.sheets import spread
from photochrom_trainer.losses.weights import LossWeights
from photochrom_trainer.reports.history import History, read_history
from photochrom_trainer.reports.page import MOST_SHEETS, Facts, write_page
from photochrom_trainer.reports.plots import centred_mean, loss_plot

CONFIG = TrainConfig(
    stages=(
        Stage(32, 2, (0.0, 1e-3), steps=40),
        Stage(64, 2, (1e-3, 0.0), steps=60, losses=LossWeights(perceptual=0.1, adversarial=0.5)),
    ),
    color_space="luv",
)
FACTS = Facts(
    device="one <fast> GPU",
    commit="0123456789ab",
    command="photochrom-train train 'Tom & Ann' -o run",
    screening=Screening(pictures=1234, seen=1000, unreadable=7, grey=89),
    loading_per_second=456.78,
)


def history(steps: int = 100) -> History:
    """The log of a run whose second stage, from step 41 on, has an adversarial loss."""
    falling = np.geomspace(1, 0.01, 100)
    late = np.where(np.arange(100) < 40, np.nan, 0.7)
    losses = {"total": falling, "l1": falling / 2, "adversarial": late}
    return History(
        np.arange(1, steps + 1),
        np.linspace(1e-3, 0, 100)[:steps],
        {name: values[:steps] for name, values in losses.items()},
    )


def write_log(path: Path, entries: Sequence[dict[str, float]]) -> None:
    lines = [
        json.dumps({"step": step, "learning_rate": 0.1 * step, "losses": losses}) + "\n"
        for step, losses in enumerate(entries, 1)
    ]
    path.write_text("".join(lines))


class TestHistory:
    def test_it_comes_as_columns_in_order(self, tmp_path: Path) -> None:
        log = tmp_path / "losses.jsonl"
        write_log(log, [{"l1": 2, "total": 1}, {"discriminator_real": 5, "total": 3, "psnr": -4}])
        read = read_history(log)
        assert read.steps.tolist() == [1, 2]
        assert read.learning_rates.tolist() == [0.1, 0.2]
        assert list(read.losses) == ["total", "l1", "psnr", "discriminator_real"]
        np.testing.assert_array_equal(read.losses["l1"], [2, np.nan])
        np.testing.assert_array_equal(read.losses["discriminator_real"], [np.nan, 5])

    def test_no_log_is_no_step(self, tmp_path: Path) -> None:
        read = read_history(tmp_path / "losses.jsonl")
        assert len(read.steps) == 0
        assert read.losses == {}

    @pytest.mark.parametrize("text", ['{"step": 1, "lo', "[1]", '{"step": 1}'])
    def test_anything_else_is_named(self, tmp_path: Path, text: str) -> None:
        log = tmp_path / "losses.jsonl"
        log.write_text(text)
        with pytest.raises(InputError, match=r"losses\.jsonl"):
            read_history(log)


class TestPlot:
    @staticmethod
    def pixels(png: bytes) -> np.ndarray:
        with Image.open(BytesIO(png)) as image:
            assert image.format == "PNG"
            return np.asarray(image.convert("RGB")).astype(int)

    @pytest.mark.parametrize("steps", [1, 41, 100])
    def test_it_has_lines_in_every_length(self, steps: int) -> None:
        pixels = self.pixels(loss_plot(history(steps), CONFIG))
        blue = (pixels[..., 2] - pixels[..., 0]) > 100
        assert blue.sum() > 50
        assert (pixels == 255).mean() > 0.8

    def test_it_grows_with_the_losses(self) -> None:
        one = History(np.arange(9), np.ones(9), {"total": np.ones(9)})
        assert (
            self.pixels(loss_plot(history(), CONFIG)).size
            > 1.5 * self.pixels(loss_plot(one, CONFIG)).size
        )

    def test_a_long_log_is_drawn_in_a_moment(self) -> None:
        values = np.random.default_rng(0).lognormal(size=500_000)
        long = History(np.arange(500_000), values, {"total": values})
        assert self.pixels(loss_plot(long, CONFIG)).min() < 100

    @given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40), st.integers(1, 50))
    def test_a_mean_of_neighbours(self, values: list[float], reach: int) -> None:
        means = centred_mean(np.array(values), reach)
        expected = [
            np.mean(values[max(place - reach, 0) : place + reach + 1])
            for place in range(len(values))
        ]
        np.testing.assert_allclose(means, expected, atol=1e-9)


@given(st.integers(0, 200), st.integers(2, 20))
def test_a_choice_spreads_from_the_first_to_the_last(count: int, most: int) -> None:
    places = spread(count, most)
    assert len(places) == min(count, most)
    if count:
        assert places[0] == 0
        assert places[-1] == count - 1
        gaps = np.diff(places)
        assert not gaps.size or gaps.max() - gaps.min() <= 1


class Page(HTMLParser):
    """What a browser would find on a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def write_run(folder: Path) -> Path:
    """A run's folder with everything in it, and a name that is out for trouble."""
    run = folder / "<script>alert(1)<&\udce4"
    (run / "sheets").mkdir(parents=True)
    (run / "evaluation").mkdir()
    Image.new("RGB", (50, 40)).save(run / "losses.png")
    for step in range(0, 100, 8):
        Image.new("RGB", (30, 20), (step, 0, 0)).save(run / "sheets" / f"step-{step:06}.png")
    Image.new("RGB", (30, 20)).save(run / "evaluation" / "hint_curve.png")
    (run / "evaluation" / "numbers.md").write_text(
        "On <b>420</b> pictures, ![](https://example.com/x.png)\n\n"
        "| | PSNR |\n| --- | --- |\n| grey | 23.10 |\n",
        "utf-8",
    )
    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_run(tmp_path)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page of a finished run."""
    run = write_run(tmp_path_factory.mktemp("runs"))
    return Page(write_page(run, CONFIG, history(), FACTS, speed=34.56))


class TestPage:
    def test_it_needs_nothing_from_outside(self, page: Page) -> None:
        pictures = page.all("img")
        assert len(pictures) == 1 + MOST_SHEETS + 1
        assert all((picture["src"] or "").startswith("data:image/") for picture in pictures)
        for _, attributes in page.tags:
            assert "href" not in attributes
            assert not any("://" in (value or "") for value in attributes.values())
        assert page.all("script") == page.all("link") == []
        assert "url(" not in page.text
        assert "@import" not in page.text

    def test_its_texts_are_escaped(self, page: Page) -> None:
        assert "Training run <script>alert(1)<&" in page.text
        assert "one <fast> GPU" in page.text
        assert "photochrom-train train 'Tom & Ann' -o run" in page.text
        assert "On <b>420</b> pictures" in page.text
        assert page.all("b") == page.all("fast") == []

    def test_it_can_be_read_aloud(self, page: Page) -> None:
        assert page.all("html") == [{"lang": "en"}]
        assert len(page.all("title")) == len(page.all("h1")) == len(page.all("main")) == 1
        alts = [picture["alt"] or "" for picture in page.all("img")]
        assert all(alts)
        assert len(set(alts)) == len(alts)
        scopes = {heading.get("scope") for heading in page.all("th")}
        assert {"row", "col"} <= scopes

    @pytest.mark.parametrize(
        "said",
        [
            "Finished: 100 steps.",
            "network lite-unet",
            "colour space L*u*v*",
            "precision 32-true",
            "commit of the trainer 0123456789ab",
            "2 60 60 64 2 0.001 to 0 1 × l1, 0.1 × perceptual, 0.5 × adversarial (vanilla)",
            "pictures in the folder 1,234",
            "looked at so far 1,000",
            "left out, unreadable 7",
            "left out, nearly grey 89",
            "crops drawn so far 200",
            "images/s with the model 34.6",
            "images/s of loading alone 456.8",
            "adversarial 0.7000 0.7000",
            "grey 23.10",
            "hint_curve",
            '"weight_decay": 0.01',
        ],
    )
    def test_it_says(self, page: Page, said: str) -> None:
        assert said in page.text

    def test_sheets_come_in_the_order_of_their_steps(self, page: Page) -> None:
        steps = [text for text in page.texts if text.startswith("Step ")]
        assert steps == [f"Step {step}" for step in (0, 16, 24, 40, 56, 72, 80, 96)]
        assert "5 more are in the run's folder" in page.text
        assert [bool("open" in each) for each in page.all("details")] == [False] * 7 + [
            True,
            False,
            False,
        ]

    def test_pictures_are_whole(self, folder: Path, page: Page) -> None:
        plot, first, *_ = [(picture["src"] or "") for picture in page.all("img")]
        assert base64.b64decode(plot.partition(",")[2]) == (folder / "losses.png").read_bytes()
        with Image.open(BytesIO(base64.b64decode(first.partition(",")[2]))) as image:
            assert image.size == (30, 20)

    def test_a_run_that_stopped_says_how_to_go_on(self, folder: Path) -> None:
        page = Page(write_page(folder, CONFIG, history(50), FACTS, speed=1.0))
        assert "Stopped at step 50 of 100." in page.text
        assert "2 60 10 64" in page.text
        assert "Goes on from the run's last checkpoint" in page.text
        assert "Step 48" in page.text
        assert "Step 56" not in page.text, "a sheet of a step that is still to come"

    def test_a_run_without_a_step_has_a_page(self, tmp_path: Path) -> None:
        facts = Facts("cpu", "unknown", "photochrom-train train x -o run")
        page = Page(write_page(tmp_path, CONFIG, read_history(tmp_path / "no"), facts, None))
        assert page.all("img") == []
        assert "Stopped at step 0 of 100." in page.text
        assert "images/s" not in page.text

    def test_an_older_page_stays_if_the_new_one_fails(self, folder: Path) -> None:
        before = write_page(folder, CONFIG, history(), FACTS, 1.0).read_bytes()
        (folder / "sheets" / "step-000000.png").write_bytes(b"no picture")
        with pytest.raises(OSError, match="identify"):
            write_page(folder, CONFIG, history(), FACTS, 1.0)
        assert (folder / "report.html").read_bytes() == before

    def test_a_page_that_cannot_be_written_is_an_output_error(self, folder: Path) -> None:
        (folder / "report.html").mkdir()
        with pytest.raises(OutputError, match="report"):
            write_page(folder, CONFIG, history(), FACTS, 1.0)
        assert not list(folder.glob(".report*"))
