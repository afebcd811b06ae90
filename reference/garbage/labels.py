"""The 26 classes of the lab: names, folders and indices."""

from typing import NamedTuple


class GarbageClass(NamedTuple):
    """One class: `folder` in the data set, `name` as `predict` returns it, `chinese`, `emoji`."""

    folder: str
    name: str
    chinese: str
    emoji: str


CLASSES = tuple(
    GarbageClass(*row)
    for row in (
        ("00_00", "Plastic Bottle", "塑料瓶", "🧴"),
        ("00_01", "Hats", "帽子", "🎩"),
        ("00_02", "Newspaper", "报纸", "📰"),
        ("00_03", "Cans", "易拉罐", "🥫"),
        ("00_04", "Glassware", "玻璃制品", "🍷"),
        ("00_05", "Glass Bottle", "玻璃瓶", "🍾"),
        ("00_06", "Cardboard", "硬纸板", "📦"),
        ("00_07", "Basketball", "篮球", "🏀"),
        ("00_08", "Paper", "纸张", "📄"),
        ("00_09", "Metalware", "金属制品", "🔩"),
        ("01_00", "Disposable Chopsticks", "一次性筷子", "🥢"),
        ("01_01", "Lighter", "打火机", "🔥"),
        ("01_02", "Broom", "扫把", "🧹"),
        ("01_03", "Old Mirror", "旧镜子", "🪞"),
        ("01_04", "Toothbrush", "牙刷", "🪥"),
        ("01_05", "Dirty Cloth", "脏污衣服", "👕"),
        ("01_06", "Seashell", "贝壳", "🐚"),
        ("01_07", "Ceramic Bowl", "陶瓷碗", "🥣"),
        ("02_00", "Paint bucket", "油漆桶", "🪣"),
        ("02_01", "Battery", "电池", "🔋"),
        ("02_02", "Fluorescent lamp", "荧光灯", "💡"),
        ("02_03", "Tablet capsules", "药片胶囊", "💊"),
        ("03_00", "Orange Peel", "橙皮", "🍊"),
        ("03_01", "Vegetable Leaf", "菜叶", "🥬"),
        ("03_02", "Eggshell", "蛋壳", "🥚"),
        ("03_03", "Banana Peel", "香蕉皮", "🍌"),
    )
)

NAMES = tuple(each.name for each in CLASSES)

# By name, never by counting the folders that are there: the public train set lacks 03_02, and a
# count shifts Banana Peel onto Eggshell.
INDEX_OF_FOLDER = {each.folder: index for index, each in enumerate(CLASSES)}
