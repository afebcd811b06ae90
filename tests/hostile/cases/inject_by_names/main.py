class_name = "<b onmouseover=alert(1)>"
Evil = type(class_name, (Exception,), {"__module__": "<i>", "__qualname__": "=1+1"})


def predict(image):
    raise Evil("<script>alert(1)</script>")
