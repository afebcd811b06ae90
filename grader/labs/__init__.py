"""Labs of teachers' own: a scaffold to begin with, and what can be said of a lab before a class."""
