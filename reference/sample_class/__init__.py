"""Makes the sample class: hand-ins as students really send them, and what each should be given."""
