def build():
    return lambda image: 'Hats'
