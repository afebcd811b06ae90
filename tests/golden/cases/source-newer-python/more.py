from itertools import batched

NAMES = """Plastic Bottle|Hats|Newspaper|Cans|Glassware|Glass Bottle|Cardboard|Basketball|Paper|Metalware|
Disposable Chopsticks|Lighter|Broom|Old Mirror|Toothbrush|Dirty Cloth|Seashell|Ceramic Bowl|Paint bucket|
Battery|Fluorescent lamp|Tablet capsules|Orange Peel|Vegetable Leaf|Eggshell|Banana Peel"""


def names():
    return [name for pair in batched(NAMES.replace("\n", "").split("|"), 2) for name in pair]
