NAMES = {"ц╠вс": "Hats"}
