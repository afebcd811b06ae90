"""Makes the sample class: submissions as students really send them, and what each should be
given.
"""
