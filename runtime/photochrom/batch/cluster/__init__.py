"""The engine that runs a batch's items on a Ray cluster which is there already."""
