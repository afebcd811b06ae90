"""The worker: runs beside the student's code, in the runtime's interpreter.

Everything in this folder is plain Python >= 3.7 and numpy and imports nothing else of ``grader``,
since it is carried into interpreters and sandboxes where ``grader`` is not installed.
"""
