"""The vocabulary of findings about answers that are wrong: why, as far as it could be told."""

from grader.evidence.severity import Severity

W, NOTE = Severity.WARNING, Severity.INFO

# code: (usual severity, message, hint), as in `vocabulary`, the most telling first.
WHY_ANSWERS_ARE_WRONG: dict[str, tuple[Severity, str, str]] = {
    "weights-not-loaded": (
        W,
        "The network answers as if its trained weights had not been loaded: {reason}.",
        "Check what load_checkpoint or load_state_dict returns: parameters whose names do not "
        "match are skipped in silence, and so are those that your own code leaves out for their "
        "sizes. Build the network as it was trained.",
    ),
    "constant-answers": (
        W,
        "All {count} valid answers are '{answer}'.",
        "Most often the weights were not loaded, or the image is scaled differently than in "
        "training.",
    ),
    "exception-swallowed": (
        W,
        "{error} ({file}, line {line}) is raised at every image and caught in silence: the answers "
        "come from no network.",
        "Take the `except` away, or let it raise again, and mend what it hides.",
    ),
    "not-finite": (
        W,
        "What the network gives is no number (NaN or infinity); it begins {where} ({file}, line "
        "{line}).",
        "Look where the first NaN comes from.",
    ),
    "image-ignored": (
        W,
        "The network is given the same input whatever the image is ({file}, line {line}).{read}",
        "Work on the parameter of the function: leave out what reads a fixed file.",
    ),
    "training-mode": (
        W,
        "{norms} layers of batch normalisation and {drops} of dropout are in training mode while "
        "an image is answered ({file}, line {line}). {gain}",
        "Once the weights are loaded: net.eval() in PyTorch, net.set_train(False) in MindSpore, "
        "training=False in Keras.",
    ),
    "pixel-scale": (
        W,
        "The network is given pixel values of the scale {now} ({file}, line {line}) and answers "
        "better with {then}. {gain}",
        "Scale as in training; for that, from an image of 0 to 255: {made_by}.",
    ),
    "axes-swapped": (
        W,
        "Height and width change places on the way into the network ({file}, line {line}). {gain}",
        "From (height, width, channels) to (channels, height, width): x.transpose(2, 0, 1), in "
        "PyTorch x.permute(2, 0, 1).",
    ),
    "axes-reshaped": (
        W,
        "The pixels lose their places on the way into the network ({file}, line {line}). {gain}",
        "reshape and view do not move axes: x.transpose(2, 0, 1), in PyTorch x.permute(2, 0, 1).",
    ),
    "image-flipped": (
        W,
        "The image enters the network turned over, {how} ({file}, line {line}). {gain}",
        "Leave the flip out; as an augmentation it belongs to training.",
    ),
    "image-cut": (
        W,
        "Only a part of the image enters the network ({file}, line {line}). {gain}",
        "Resize the whole image to the size that training used.",
    ),
    "image-size": (
        W,
        "The image enters the network at {now} ({file}, line {line}) and is read better at {then}. "
        "{gain}",
        "Resize the whole image to the size that training used.",
    ),
    "values-wrapped": (
        W,
        "Pixel values wrap on the way into the network ({file}, line {line}): uint8 holds 0 to 255 "
        "alone, and what would lie outside comes back in at the other end. {gain}",
        "Turn the image into float32 before anything is added, taken off or multiplied: "
        "image.astype(np.float32).",
    ),
    "values-rounded": (
        W,
        "Nearly all differences of brightness are lost on the way into the network ({file}, line "
        "{line}): whole numbers hold nothing between 0 and 1. {gain}",
        "First image.astype(np.float32), then divide; no astype(np.uint8) and no // after that. "
        "Read well here: {then}.",
    ),
    "values-changed": (
        W,
        "Pixel values enter the network on no plain scale ({file}, line {line}), such as by a "
        "curve or by each image's own range, and it answers better with {then}. {gain}",
        "Scale every image by the same numbers, as in training; for that, from an image of 0 to "
        "255: {made_by}.",
    ),
    "colours-changed": (
        W,
        "The colours are changed on the way into the network ({file}, line {line}), such as into "
        "grey or HSV; it answers better with red, green and blue. {gain}",
        "Prepare the image as training did: leave out the conversion of its colours.",
    ),
    "image-detail": (
        W,
        "Details of the image are lost on the way into the network ({file}, line {line}). {gain}",
        "Resize once, from the image as it comes, with cv2.INTER_AREA or antialias=True; no blur, "
        "no smaller size in between.",
    ),
    "image-padded": (
        W,
        "The image fills only a part of what enters the network ({file}, line {line}); the rest is "
        "border. {gain}",
        "Resize the whole image to the size that training used, without a border.",
    ),
    "random-input": (
        W,
        "The same image enters the network otherwise each time ({file}, line {line}): it is cut, "
        "turned or coloured at random. {gain}",
        "Leave random augmentation to training; resize the whole image in its place.",
    ),
    "smallest-taken": (
        W,
        "The class with the smallest output is taken, not with the largest. {gain}",
        "Use argmax on the network's output; argmin and sorting in ascending order take the "
        "wrong end.",
    ),
    "largest-not-taken": (
        W,
        "The answer is often not the class with the largest output of the network. {gain}",
        "Look at what stands between the network and `return`: a softmax over the batch (axis 0), "
        "a threshold, rounding, or a ReLU makes several classes alike. Take the argmax of what the "
        "network gives.",
    ),
    "network-altered": (
        W,
        "What arrives at the layer {layer} is far from what its normalisation stored in training; "
        "of {total} normalisations {fit} before it fit. What stands between does not compute what "
        "it computed in training ({file}, line {line}).",
        "Compare the network with the one that was trained, up to that layer: weights of a layer "
        "that were not loaded, layers in another order, a connection left out, another activation, "
        "padding or epsilon. It can also have been trained for too few steps for its statistics to "
        "settle (momentum), or with its normalisations frozen.",
    ),
    "weak-network": (
        NOTE,
        "{correct} of {total} answers are right, and none of {tried} changes that were tried on "
        "the way into the network makes more of them right: {kind}."
        "{public}{course}{scale}{confused}",
        "Train longer, with augmentation, or begin with pretrained weights; the answers on images "
        "kept out of training show how far it is.",
    ),
    "channel-order": (
        W,
        "With the colour channels in the other order {other} of {total} answers are right instead "
        "of {correct}.{rest}",
        "Images come as {channels}. Convert once at the start of {function}: "
        "image = image[:, :, ::-1].",
    ),
    "label-order": (
        W,
        "With the class names in another order {other} of {total} answers are right instead of "
        "{correct}: {swaps}.",
        "Map indices to names by the folder names that training saw: {cause}.",
    ),
    "not-diagnosed": (
        NOTE,
        "When images were put a second time, the process ended or hung: why the answers are as "
        "they are was not looked into.",
        "It costs no marks. {function} has to bear that an image comes twice.",
    ),
    "state-between-calls": (
        W,
        "{function} keeps something between calls: of {total} images that were asked alone, in a "
        "new process, {count} got another answer than among the others, the same one each time.",
        "Begin every call anew: no list, average or variable outside {function} that one image "
        "changes and the next one reads.",
    ),
    "nondeterministic": (
        W,
        "The same image got different answers in {count} of {total} cases.",
        "Leave random augmentation (RandomResizedCrop, ColorJitter, …) to training, and "
        "switch dropout off: net.set_train(False), model.eval(), in Keras training=False.",
    ),
}
