"""A trained network and what goes wrong around it."""
