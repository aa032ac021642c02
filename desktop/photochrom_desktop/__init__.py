"""The window: PySide6 over the worker; it decodes nothing itself."""
