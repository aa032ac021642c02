"""Undo and redo without limit."""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")


class History(Generic[State]):
    """States, one after the other; each is immutable, so that they share what stays alike.

    Args:
        first: where it begins.
    """

    def __init__(self, first: State) -> None:
        self._states, self._at, self._held = [first], 0, ""

    @property
    def now(self) -> State:
        """The state that counts."""
        return self._states[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there is an older one."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether one was undone."""
        return self._at < len(self._states) - 1

    def do(self, state: State, held: str = "") -> None:
        """Go on to a state; what was undone is gone.

        Args:
            state: the new one; one equal to `now` changes nothing.
            held: what a person holds, a slider say: as long as they do, it is one step.
        """
        if state == self.now:
            return
        same = bool(held) and held == self._held and self._at > 0
        del self._states[self._at + (0 if same else 1) :]
        self._states.append(state)
        self._at, self._held = len(self._states) - 1, held

    def release(self) -> None:
        """What was held is let go: the next change is a step of its own."""
        self._held = ""

    def undo(self) -> None:
        """Back one step, if there is one."""
        self._at = max(0, self._at - 1)
        self.release()

    def redo(self) -> None:
        """Forward again, if a step was undone."""
        self._at = min(len(self._states) - 1, self._at + 1)
        self.release()
