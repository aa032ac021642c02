"""How names of films end: what is opened as one when a person gives any file."""

FILMS = frozenset(
    (".mp4", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".m4v", ".mts", ".mxf")
)
