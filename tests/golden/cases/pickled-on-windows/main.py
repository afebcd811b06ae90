import pickle

settings = pickle.loads(b"cpathlib\nWindowsPath\n(S'C:\\\\data'\nS'garbage'\ntR.")
other = pickle.loads(b"cpathlib._local\nPurePosixPath\n(S'data'\nS'garbage'\ntR.")
assert settings.name == other.name


def predict(image):
    return "Hats" if settings.name == "garbage" else "Paper"
