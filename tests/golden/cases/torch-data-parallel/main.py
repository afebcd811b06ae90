import torch

net = torch.nn.ModuleDict({'fc': torch.nn.Linear(3, 26)})
checkpoint = torch.load('results/checkpoint.pth.tar', map_location='cpu')
print('best acc', checkpoint['best_acc'])
net.load_state_dict(checkpoint['state_dict'])


def predict(image):
    return 'Hats'
