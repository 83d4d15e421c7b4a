"""Samples of which less was read than was asked for, told to who asked."""
