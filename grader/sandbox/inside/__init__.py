"""What runs inside a box, in the interpreter of any runtime: plain Python >= 3.7, no packages."""
