"""What a generator and its discriminator are trained to lower."""
