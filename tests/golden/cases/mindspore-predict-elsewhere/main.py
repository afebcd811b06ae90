from train import train

for fold in range(5):
    train(fold)
