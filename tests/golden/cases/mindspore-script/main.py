import mindspore as ms
from mindspore import nn, Model
from mindspore.train.callback import LossMonitor
from dataset import create_dataset

train_ds = create_dataset('./datasets/garbage_26x100/train', batch_size=16)
val_ds = create_dataset('./datasets/garbage_26x100/val', batch_size=16)
net = nn.SequentialCell(nn.Flatten(), nn.Dense(224 * 224 * 3, 26))
loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction='mean')
model = Model(net, loss, nn.Adam(net.trainable_params(), 1e-3), metrics={'acc'})
model.train(30, train_ds, callbacks=[LossMonitor(10)])
print(model.eval(val_ds))
ms.save_checkpoint(net, './results/final.ckpt')
