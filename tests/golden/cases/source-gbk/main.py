# À¬»ø·ÖÀà
"""Ô¤²â"""
from names import NAMES


def predict(image):
    return NAMES["Ã±×Ó"]
