NAME = "Hats"
