"""Readers: what parses the files of a submission, in a sandboxed process of its own.

A parser of hostile bytes can be made to take hours, all memory, or to run code of whoever made
them. So all of them run here: in the grader's interpreter, confined as the submission's own code
is, under limits of time, memory and output. `grader.intake.reading` starts this process, and
believes nothing that it says. Standard library only, packages where a format needs one, and as few
imports as can be, since every submission pays for them.
"""
