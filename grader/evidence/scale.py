"""A coarse scale of times: as much as a student's page tells of those that a submission can choose
after it has seen a hidden image, since a fine one could tell of the image.
"""

STEPS = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0),
)


def on_scale(seconds: float) -> float:
    """The least step that is not below `seconds`; 0 for none, the last step for more than that."""
    if seconds <= 0:
        return 0.0
    return next((step for step in STEPS if seconds <= step), STEPS[-1])
