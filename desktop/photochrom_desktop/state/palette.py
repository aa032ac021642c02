"""Colours that many pictures need, by what they are of; lightness comes from the picture."""

PALETTE = {
    "skin": ("#e8b99b", "#c68863", "#8d5a3b", "#5c3a28"),
    "sky": ("#8fb8de", "#5b8fc9", "#b9cfe0", "#e5a37a"),
    "foliage": ("#6b8e23", "#4a7a3a", "#8fa35a", "#b58a3c"),
    "wood": ("#8b5a2b", "#a9784f", "#6b4a33", "#c49a6c"),
    "cloth": ("#a8324a", "#2f4b7c", "#3f6b5c", "#d8b04a"),
}
NEUTRAL = "#808080"
"""No colour here."""
