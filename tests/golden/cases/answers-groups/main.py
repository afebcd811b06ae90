GROUPS = ["Recyclables", "Hazardous Waste", "Kitchen Waste", "Other Waste"]


def predict(image):
    return GROUPS[int(image.mean()) % 4]
