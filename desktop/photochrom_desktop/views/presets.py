"""What becomes of pictures and films when they are exported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from photochrom_desktop.state.exports import CODECS, ENDINGS, Preset

CODEC_NAMES = ("MP4 H.264", "MP4 H.265", "MP4 AV1", "MKV FFV1", "MOV ProRes")


class Presets(QWidget):
    """The form, with presets to choose from and to keep.

    Signals:
        wanted: the person wants an export.
    """

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._folder: Path | None = None
        self._own: dict[str, Preset] = _kept()
        self._source: tuple[int, int, int] | None = None
        self._make_parts()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._first_row())
        column.addLayout(self._second_row())
        column.addLayout(self._third_row())
        self._list()
        self.show_preset(Preset())

    @property
    def preset(self) -> Preset:
        """What the person chose."""
        return Preset(
            ending=str(self.kind.currentData()),
            pattern=self.pattern.text() or "{name}.color",
            folder=self._folder,
            codec=str(self.codec.currentData()),
            bits=self.bits.currentData(),
            long_side=self.side.value() or None,
            profile=str(self.profile.currentData()),
            provenance=self.provenance.isChecked(),
        )

    def show_preset(self, preset: Preset) -> None:
        """Take a preset's values."""
        for box, value in (
            (self.kind, preset.ending),
            (self.codec, preset.codec),
            (self.bits, preset.bits),
            (self.profile, preset.profile),
        ):
            box.setCurrentIndex(max(box.findData(value), 0))
        self.pattern.setText(preset.pattern)
        self.side.setValue(preset.long_side or 0)
        self.provenance.setChecked(preset.provenance)
        self.choose_folder(preset.folder)

    def show_source(self, width: int, height: int, bits: int) -> None:
        """The picture on the screen, of which it is told what an export holds."""
        self._source = width, height, bits
        self._tell()

    def choose_folder(self, folder: Path | None) -> None:
        """Where files go; None: beside their sources."""
        self._folder = folder
        self.folder.setText(self.tr("Beside the source") if folder is None else folder.name)
        self.folder.setToolTip("" if folder is None else str(folder))

    def _make_parts(self) -> None:
        as_source = self.tr("As the source")
        kinds = (as_source, "TIFF", "PNG", "JPEG", "WebP")
        depths = ((as_source, None), (self.tr("8 bits"), 8), (self.tr("16 bits"), 16))
        self.kind = self._choice(self.tr("Kind of file"), zip(kinds, ENDINGS, strict=True))
        self.bits = self._choice(self.tr("Depth"), depths)
        profiles = ((as_source, "source"), ("sRGB", "srgb"))
        self.profile = self._choice(self.tr("Colour profile"), profiles)
        self.codec = self._choice(self.tr("Films"), zip(CODEC_NAMES, CODECS, strict=True))
        self.side = QSpinBox(minimum=0, maximum=100_000, singleStep=256)
        self.side.setSpecialValueText(as_source)
        self.side.setSuffix(self.tr(" pixels"))
        self.side.setAccessibleName(self.tr("Long side"))
        self.side.valueChanged.connect(self._tell)
        self.pattern = QLineEdit("{name}.color")
        self.pattern.setAccessibleName(self.tr("Name pattern"))
        self.pattern.setToolTip(self.tr("The file's name; {name} is the source's"))
        self.folder = QPushButton()
        self.folder.setAccessibleName(self.tr("Folder"))
        self.folder.clicked.connect(self._ask_folder)
        self.provenance = QCheckBox(self.tr("Say that a model coloured it"))
        self.holds = QLabel()

    def _choice(self, name: str, entries: Any) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        for words, value in entries:
            box.addItem(words, value)
        box.currentIndexChanged.connect(self._tell)
        return box

    def _first_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.list = QComboBox()
        self.list.setAccessibleName(self.tr("Preset"))
        self.list.activated.connect(self._take)
        self.keep = QPushButton(self.tr("Keep as…"))
        self.keep.clicked.connect(self._ask_name)
        self.forget = QPushButton(self.tr("Remove"))
        self.forget.clicked.connect(self._remove)
        for part in (QLabel(self.tr("Preset")), self.list, self.keep, self.forget):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.holds)
        return row

    def _second_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for part in (self.kind, self.bits, self.profile, self.codec, self.side):
            name = QLabel(part.accessibleName())
            name.setBuddy(part)
            column = QVBoxLayout()
            column.setSpacing(1)
            column.addWidget(name)
            column.addWidget(part)
            row.addLayout(column)
        row.addStretch(1)
        return row

    def _third_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.go = QPushButton(self.tr("Export"))
        self.go.setDefault(True)
        self.go.clicked.connect(self.wanted)
        for part in (QLabel(self.tr("Name pattern")), self.pattern, self.folder, self.provenance):
            row.addWidget(part)
        row.addWidget(self.go)
        return row

    def _tell(self, *_: object) -> None:
        """What a file of the picture on the screen would hold."""
        if self._source is None:
            return
        width, height, bits = self.preset.holds(*self._source)
        words = self.tr("%1 × %2 pixels, %3 bits")
        for place, one in enumerate((width, height, bits), 1):
            words = words.replace(f"%{place}", str(one))
        self.holds.setText(words)

    def _given(self) -> dict[str, Preset]:
        return {
            self.tr("As the source"): Preset(),
            self.tr("For the web"): Preset(".jpg", bits=8, long_side=2048, profile="srgb"),
            self.tr("Archive, 16 bits"): Preset(".tif", codec="ffv1", bits=16),
        }

    def _list(self) -> None:
        self.list.clear()
        self.list.addItems([*self._given(), *self._own])

    def _take(self) -> None:
        name = self.list.currentText()
        self.show_preset({**self._given(), **self._own}[name])

    def _ask_name(self) -> None:
        name, chosen = QInputDialog.getText(self, self.tr("Keep as…"), self.tr("Name"))
        if chosen and name.strip():
            self.keep_as(name.strip())

    def keep_as(self, name: str) -> None:
        """Keep what is chosen under a name, for the next time too."""
        self._own[name] = self.preset
        self._save()
        self.list.setCurrentText(name)

    def _remove(self) -> None:
        self._own.pop(self.list.currentText(), None)
        self._save()

    def _save(self) -> None:
        told = {name: preset.to_json() for name, preset in self._own.items()}
        QSettings().setValue("presets", json.dumps(told))
        self._list()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for exports"))
        self.choose_folder(Path(chosen) if chosen else None)


def _kept() -> dict[str, Preset]:
    """Presets of earlier times; what can't be read is left out."""
    try:
        told = json.loads(str(QSettings().value("presets", "{}")))
        return {str(name): Preset.from_json(one) for name, one in told.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
