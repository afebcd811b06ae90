"""Golden submissions: each a folder below `cases`, and what has to come of it.

`expected.toml` names what is expected and leaves out what does not matter: tables are compared
key by key, a list must contain what is listed, a text beginning with "~" is a regular expression
that must be found in the text.

* `about`: what the submission stands for. `rows`: those of `test_rows.ROWS` that it shows.
  `runtime`: "any" (no framework), "mindspore", "mindspore1", "torch" or "tensorflow".
* `weights`: files that `weights.py` makes, by their place in the submission; "mindspore1:net.ckpt"
  is made by another runtime. `limits`: those of the assignment that are changed.
* `grade`: what the whole grader says: `status`, the code of a `finding`, what the finding `says`,
  the number of images that are `right` (of 30; "all"), the word that `answers` every image.
* `evidence`: more of the evidence's document.

What only the worker's own reports tell:

* `load`, `lenet5`: the reports; `load_with` changes the settings of the load. `predict`: outcome
  and word for a black image. `last_error`: the error after it.
* `differences`: for each network class of the submission the first difference from the lecture's
  LeNet5: layer, expected, found; none for a known variant.
"""
