"""One examination: one submission, conversations with its workers, evidence at the end."""
