"""A neural-network library on NumPy alone, every gradient written by hand (dl_hw1, problem 6).

from mytorch import nn

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
loss, optimizer = nn.SoftmaxCrossEntropy(), nn.SGD(model.get_parameters(), lr=0.1)
value = loss.forward(model.forward(x), labels)
model.backward(loss.backward())
optimizer.step(model.get_gradients())
"""
