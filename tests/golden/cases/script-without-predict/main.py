import time

print("training")
while True:
    time.sleep(1)
