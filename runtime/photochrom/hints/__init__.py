"""What people say of a picture's colours: points, strokes, layers, and what follows from them."""
