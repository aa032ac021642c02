"""Settings of the colours, and the restoration."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from photochrom.hints.sidecar import Sidecar
from photochrom.restoration.options import STEPS
from photochrom_desktop.views.drops import DropBox

HUNDRED = 100
"""Steps of a slider in 1."""


class Dial(QWidget):
    """A slider and a number, which go together.

    Signals:
        turned: the value, and whether the person still holds it.
    """

    turned = Signal(float, bool)

    def __init__(self, name: str, low: float, high: float, usual: float) -> None:
        super().__init__()
        self.usual = usual
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(low * HUNDRED), round(high * HUNDRED))
        self.slider.setPageStep(10)
        self.number = QDoubleSpinBox(minimum=low, maximum=high, singleStep=0.05, decimals=2)
        self.number.setKeyboardTracking(False)
        for part in (self.slider, self.number):
            part.setAccessibleName(name)
        self.number.setFixedWidth(_width(self.number))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.show_value(usual)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(lambda: self.turned.emit(self.number.value(), False))
        self.number.valueChanged.connect(self._typed)

    def show_value(self, value: float) -> None:
        """Show a value that is known elsewhere."""
        for part in (self.slider, self.number):
            part.blockSignals(True)
        self.slider.setValue(round(value * HUNDRED))
        self.number.setValue(value)
        for part in (self.slider, self.number):
            part.blockSignals(False)

    def _slid(self, value: int) -> None:
        self.show_value(value / HUNDRED)
        self.turned.emit(value / HUNDRED, self.slider.isSliderDown())

    def _typed(self, value: float) -> None:
        self.show_value(value)
        self.turned.emit(value, False)


def _width(number: QDoubleSpinBox) -> int:
    """Of any number with a sign, so that those of all dials stand below each other."""
    like = QDoubleSpinBox(minimum=-1, maximum=1, decimals=2)
    like.setFont(number.font())
    return like.sizeHint().width()


class Adjust(QWidget):
    """The panel.

    Signals:
        changed: name of a setting, its value, and whether the person still holds it.
        restored: steps (a tuple; None: what the picture needs) and the kind of film.
        masking: whether the mask of dust and scratches is to be seen.
        sure: whether the map of confidence is wanted.
        varying: the person wants to choose among variants.
        referring: the person wants to choose a reference picture.
        unreferred: they want none.
    """

    changed = Signal(str, object, bool)
    restored = Signal(object, str)
    masking = Signal(bool)
    sure = Signal(bool)
    varying = Signal()
    referring = Signal()
    unreferred = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.dials = {
            "strength": Dial(self.tr("Strength"), 0, 1, 1),
            "saturation": Dial(self.tr("Saturation"), 0, 3, 1),
            "warmth": Dial(self.tr("Warmth"), -1, 1, 0),
            "protect": Dial(self.tr("Caution"), 0, 1, 0),
        }
        column = QVBoxLayout(self)
        column.addWidget(self._colors())
        self.suggestions, self.restoration = self._suggestions(), self._restoration()
        column.addWidget(self.suggestions)
        column.addWidget(self.restoration)
        column.addStretch(1)

    def show_said(self, said: Sidecar) -> None:
        """Show what counts."""
        for name, dial in self.dials.items():
            dial.show_value(float(said.settings.get(name, dial.usual)))
        detail = said.settings.get("detail")
        self._quietly(
            self.detail, lambda: self.detail.setCurrentIndex(0 if detail is None else detail + 1)
        )
        restore = said.restore or {}
        steps = restore.get("steps", ())
        self._quietly(self.automatic, lambda: self.automatic.setChecked(steps is None))
        for name, box in self.steps.items():
            self._quietly(box, partial(box.setChecked, name in (steps or ())))
            box.setEnabled(steps is not None)
        film = self.film.findData(restore.get("film", "auto"))
        self._quietly(self.film, lambda: self.film.setCurrentIndex(film))
        self.reference.setText(said.reference or self.tr("none"))
        self.no_reference.setEnabled(said.reference is not None)

    def show_kind(self, film: bool) -> None:
        """A film heeds fewer settings; the others can't be touched as long as one is shown."""
        for part in (self.dials["protect"], self.detail, self.suggestions, self.restoration):
            part.setDisabled(film)

    def _colors(self) -> QGroupBox:
        box = QGroupBox(self.tr("Colours"))
        form = QFormLayout(box)
        for name, dial in self.dials.items():
            form.addRow(dial.number.accessibleName(), dial)
            dial.turned.connect(partial(self.changed.emit, name))
        self.dials["protect"].setToolTip(self.tr("Less colour where the model is unsure"))
        self.detail = QComboBox()
        self.detail.addItems([self.tr("automatic"), "0", "1", "2", "3"])
        self.detail.setAccessibleName(self.tr("Detail"))
        self.detail.setToolTip(self.tr("How closely large pictures are looked at again, in tiles"))
        self.detail.currentIndexChanged.connect(self._detailed)
        form.addRow(self.tr("Detail"), self.detail)
        return box

    def _suggestions(self) -> DropBox:
        box = DropBox(self.tr("Other colours"))
        column = QVBoxLayout(box)
        self.map = QCheckBox(self.tr("Show where the model is unsure"))
        self.map.toggled.connect(self.sure)
        self.variants = QPushButton(self.tr("Choose among variants…"))
        self.variants.clicked.connect(self.varying)
        self.choose = QPushButton(self.tr("Reference picture…"))
        self.choose.setToolTip(
            self.tr("Colours of a picture that shows some of the same; it can be dropped here too")
        )
        self.choose.clicked.connect(self.referring)
        self.reference = QLabel(self.tr("none"))
        self.reference.setWordWrap(True)
        self.no_reference = QPushButton(self.tr("No reference"))
        self.no_reference.clicked.connect(self.unreferred)
        for part in (self.map, self.variants, self.choose, self.reference, self.no_reference):
            column.addWidget(part)
        return box

    def _restoration(self) -> QGroupBox:
        box = QGroupBox(self.tr("Restoration"))
        column = QVBoxLayout(box)
        self.automatic = QCheckBox(self.tr("What the scan surely needs"))
        words = {
            "dust": self.tr("Dust and scratches"),
            "negative": self.tr("Negative"),
            "tone": self.tr("Tone of old paper"),
            "levels": self.tr("Fading"),
            "contrast": self.tr("Local contrast"),
            "grain": self.tr("Grain"),
        }
        self.steps = {name: QCheckBox(words[name]) for name in STEPS}
        self.film = QComboBox()
        self.film.setAccessibleName(self.tr("Negative film"))
        for name, word in (
            ("auto", self.tr("Film: by itself")),
            ("bw", self.tr("Film: black and white")),
            ("color", self.tr("Film: colour")),
        ):
            self.film.addItem(word, name)
        for check in (self.automatic, *self.steps.values()):
            column.addWidget(check)
            check.toggled.connect(self._restore)
        self.damage = QCheckBox(self.tr("Show what is repaired"))
        self.damage.setToolTip(self.tr("Mark more with the tools Damaged (H) and Sound (G)"))
        self.damage.toggled.connect(self.masking)
        column.addWidget(self.damage)
        column.addWidget(self.film)
        self.film.currentIndexChanged.connect(self._restore)
        return box

    def _detailed(self, index: int) -> None:
        self.changed.emit("detail", None if index == 0 else index - 1, False)

    def _restore(self) -> None:
        steps = tuple(name for name, box in self.steps.items() if box.isChecked())
        film = str(self.film.currentData())
        self.restored.emit(None if self.automatic.isChecked() else steps, film)

    @staticmethod
    def _quietly(part: QWidget, change: Callable[[], None]) -> None:
        part.blockSignals(True)
        change()
        part.blockSignals(False)
