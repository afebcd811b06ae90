"""Planted mistakes: each costs points, and the finding has to name the true cause."""
