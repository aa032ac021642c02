"""The plug-in's modules that know nothing of gi, with the worker's near end that they carry."""

import sys

from photochrom import worker
from photochrom.worker import client, frames

sys.modules.setdefault("photochrom_worker", worker)
sys.modules.setdefault("photochrom_worker.client", client)
sys.modules.setdefault("photochrom_worker.frames", frames)
