"""The bundle's program: the window, the command line, and the worker of both."""

import sys


def main() -> int:
    """Paths, or nothing, open the window; ``--worker`` is for the window; the rest is commands."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--worker"]:
        from photochrom.worker.server import main as serve

        serve(arguments[1:])
    if arguments[:1] == ["desktop"]:
        del sys.argv[1]
    elif arguments and arguments[0] in COMMANDS:
        from photochrom.cli import main as command

        return command()
    from photochrom_desktop.app import main as window

    return window(sys.argv)


COMMANDS = (
    *("photo", "video", "restore", "batch", "models", "gimp", "cache", "doctor"),
    *("--help", "--version"),
)

if __name__ == "__main__":
    sys.exit(main())
