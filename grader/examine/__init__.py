"""One examination: one hand-in, conversations with its workers, evidence at the end."""
