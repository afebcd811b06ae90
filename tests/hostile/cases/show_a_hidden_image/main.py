import itertools

turn = itertools.count()


def predict(image):
    word = "pixels" + image[5, :6].tobytes().hex()
    if image.shape == (24, 24, 3) and int(image[0, 0, 0]) in (40, 120, 200):
        print("CARRIED " + word, flush=True)
    way = next(turn) % 6
    if way == 0:
        raise type(word, (Exception,), {})("of a type")
    if way == 1:
        raise FileNotFoundError(2, "not found", word + ".ckpt")
    if way == 2:
        return word
    if way == 3:
        return [word]
    if way == 4:
        return type(word, (), {})()
    exec(compile("raise ValueError(1)", word + ".py", "exec"))
