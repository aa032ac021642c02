from photochrom.worker.frames import read_frame as read_frame
from photochrom.worker.frames import write_frame as write_frame
