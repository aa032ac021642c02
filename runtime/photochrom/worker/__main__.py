"""``python -m photochrom.worker``: see docs/worker-protocol.md."""

from photochrom.worker.server import main

if __name__ == "__main__":
    main()
