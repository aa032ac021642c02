"""What a person sees of a run: bars, TensorBoard, plots and one page."""
