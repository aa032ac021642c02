from photochrom.worker.client import Refused as Refused
from photochrom.worker.client import Worker as Worker
from photochrom.worker.client import WorkerEnded as WorkerEnded
from photochrom.worker.client import WorkerError as WorkerError
from photochrom.worker.client import WorkerSilent as WorkerSilent
