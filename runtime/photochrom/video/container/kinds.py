"""Kinds of files that are looked at as films, and what FFmpeg must not do with one.

FFmpeg takes a file for what its content says, whatever it is called. A list of other files (HLS,
DASH, concat, SDP) would have it open those, and games' formats have seen few eyes; so only kinds
that hold a film themselves are let in, and none may name a place elsewhere.
"""

from __future__ import annotations

STILL = frozenset({
    "bmp_pipe", "dpx_pipe", "exr_pipe", "image2", "j2k_pipe", "jpeg_pipe", "jpegxl_pipe",
    "pgm_pipe", "png_pipe", "ppm_pipe", "svg_pipe", "tiff_pipe", "webp_pipe",
})  # fmt: skip
"""One picture; told so that the message can say it."""
FILMS = (
    "mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "m4v", "mxf", "asf", "flv", "ogg",
    "nut", "ivf", "obu", "h261", "h263", "h264", "hevc", "vc1", "vvc", "dirac", "dnxhd", "mjpeg",
    "dv", "gxf", "lxf", "wtv", "rm", "yuv4mpegpipe", "gif", "apng", "cine", "filmstrip",
    "ipmovie", "mlv", "r3d", "av1", "apv", "cavsvideo", "nsv", "swf", "flic",
)  # fmt: skip
SOUND = ("wav", "w64", "mp3", "flac", "aac", "ac3", "eac3", "dts", "aiff", "caf", "au", "ape", "wv")
"""Sound alone; told so that the message can say it."""
SELF_CONTAINED = {
    "format_whitelist": ",".join((*FILMS, *SOUND, *sorted(STILL - {"image2"}))),
    "protocol_whitelist": "file",
}
"""FFmpeg's options of opening a file."""
