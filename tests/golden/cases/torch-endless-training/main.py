import os
import shutil
import time

import torch
from torch import nn, optim

save_dir = 'results/ckpt'
shutil.rmtree(save_dir, ignore_errors=True)
os.makedirs(save_dir)

net = nn.Sequential(nn.Flatten(), nn.Linear(12, 26))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)

for epoch in range(1000):
    running_loss = 0.0
    for i in range(20):
        inputs, targets = torch.rand(8, 3, 2, 2), torch.randint(26, (8,))
        optimizer.zero_grad()
        loss = criterion(net(inputs), targets)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print('Epoch %d loss %.4f' % (epoch + 1, running_loss))
    time.sleep(0.1)
torch.save(net.state_dict(), os.path.join(save_dir, 'last.pth'))


def predict(image):
    return 'Hats'
