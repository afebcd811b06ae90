"""The place where a team decides: pages over an output folder, served on this machine.

Starlette serves them (extra ``review``); nothing else of the grader imports this room.
"""
