NAMES = {"帽子": "Hats"}
