import os

os.write(2, b"ESCAPED shadowed\n")
