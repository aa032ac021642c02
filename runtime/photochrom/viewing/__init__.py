"""A picture on a screen: any part of it at any size, before and after."""
