import mindspore.dataset as ds


def create_dataset(path, batch_size):
    return ds.ImageFolderDataset(path).batch(batch_size)
