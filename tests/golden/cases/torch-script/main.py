import torch
import torchvision
import matplotlib.pyplot as plt

loader = torch.utils.data.DataLoader(torchvision.datasets.ImageFolder('garbage_26x100/train'), 32, True)
net = torchvision.models.mobilenet_v2(num_classes=26)
loss_list = []


def train_one_epoch(net, loader, opt):
    for x, y in loader:
        loss = torch.nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        loss_list.append(loss.item())


for epoch in range(50):
    train_one_epoch(net, loader, torch.optim.Adam(net.parameters()))
plt.plot(loss_list)
plt.savefig('loss.png')
torch.save(net, 'results/net.pth')
