"""What all modules promise: dtypes, errors that name the layer, modes, Sequential."""

import numpy as np
import pytest
import torch

from mytorch import nn

# A layer, made for a dtype, with an input shape that fits it.
LAYERS = {
    "Linear": (lambda dtype: nn.Linear(4, 3, rng=0, dtype=dtype), (5, 4)),
    "Conv2d": (lambda dtype: nn.Conv2d(2, 3, 3, 2, 1, rng=0, dtype=dtype), (2, 2, 6, 5)),
    "MaxPool2d": (lambda dtype: nn.MaxPool2d(2), (2, 3, 5, 4)),
    "BatchNorm1d": (lambda dtype: nn.BatchNorm1d(4, dtype=dtype), (6, 4)),
    "BatchNorm2d": (lambda dtype: nn.BatchNorm2d(2, dtype=dtype), (3, 2, 4, 4)),
    "ReLU": (lambda dtype: nn.ReLU(), (3, 4)),
    "Sigmoid": (lambda dtype: nn.Sigmoid(), (3, 4)),
    "Dropout": (lambda dtype: nn.Dropout(0.5, rng=0), (3, 4)),
    "Flatten": (lambda dtype: nn.Flatten(), (3, 2, 4)),
}
every_layer = pytest.mark.parametrize("name", LAYERS)


@every_layer
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("training", [True, False])
def test_dtype_is_kept(name, dtype, training):
    make, shape = LAYERS[name]
    layer = make(dtype).train(training)
    y = layer.forward(np.random.default_rng(0).standard_normal(shape).astype(dtype))
    dx = layer.backward(np.ones_like(y))
    assert y.dtype == dx.dtype == dtype
    assert dx.shape == shape
    assert [p.dtype for p in layer.get_parameters()] == [dtype] * len(layer.get_parameters())
    assert [g.dtype for g in layer.get_gradients()] == [dtype] * len(layer.get_parameters())


@every_layer
def test_backward_before_forward(name):
    make, shape = LAYERS[name]
    with pytest.raises(RuntimeError, match=rf"{name}\(.*backward before forward"):
        make(np.float64).backward(np.ones(shape))


@every_layer
def test_gradient_of_another_shape(name):
    make, shape = LAYERS[name]
    layer = make(np.float64)
    y = layer.forward(np.ones(shape))
    with pytest.raises(ValueError, match=rf"{name}\(.*\(1, 2, 3, 4, 5\), wants .*the output"):
        layer.backward(np.ones((1, 2, 3, 4, 5)))
    with pytest.raises(ValueError, match=name):  # it would broadcast
        layer.backward(np.ones((1, *y.shape[1:])))


def _pytorchs(name):
    """PyTorch's layer with the sizes of ours."""
    sizes = {
        "Linear": (4, 3), "Conv2d": (2, 3, 3, 2, 1), "MaxPool2d": (2,), "BatchNorm1d": (4,),
        "BatchNorm2d": (2,), "Dropout": (0.5,),
    }  # fmt: skip
    return getattr(torch.nn, name)(*sizes.get(name, ()))


@every_layer
@pytest.mark.parametrize("training", [True, False])
def test_integers_are_taken_where_pytorch_takes_them(name, training):
    make, shape = LAYERS[name]
    ours, theirs = make(np.float32).train(training), _pytorchs(name).train(training)
    x = np.random.default_rng(0).integers(-9, 9, shape)
    try:
        expected = theirs(torch.from_numpy(x)).numpy()
    except (RuntimeError, NotImplementedError):
        with pytest.raises(ValueError, match=rf"{name}\(.*int64, wants floating point"):
            ours.forward(x)
    else:
        y = ours.forward(x)
        assert y.dtype == expected.dtype
        np.testing.assert_allclose(y, expected, rtol=1e-6)


@every_layer
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.filterwarnings("error")
def test_an_empty_batch_passes_as_in_pytorch(name, training):
    make, (_, *shape) = LAYERS[name]
    ours, theirs = make(np.float32).train(training), _pytorchs(name).train(training)
    x = np.zeros((0, *shape), np.float32)
    y, expected = ours.forward(x), theirs(torch.from_numpy(x))
    assert y.shape == expected.shape
    assert ours.backward(y).shape == x.shape
    assert all((gradient == 0).all() for gradient in ours.get_gradients())
    if name.startswith("BatchNorm"):
        assert (ours.running_mean == 0).all()
        assert (ours.running_var == 1).all()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (nn.Linear(784, 10), (64, 28), r"Linear\(784, 10\): got.*\(64, 28\), wants \(batch, 784\)"),
        (nn.Linear(784, 10), (784,), r"Linear.*\(784,\), wants \(batch, 784\)"),
        (nn.Linear(4, 2), (3, 2, 4), r"Linear.*\(3, 2, 4\), wants \(batch, 4\)"),
        (nn.Conv2d(3, 8, 5), (2, 4, 9, 9), r"Conv2d\(3, 8,.*\(2, 4, 9, 9\), wants \(batch, 3,"),
        (nn.Conv2d(3, 8, 5), (2, 3, 9, 4), r"Conv2d.*wants \(batch, 3, height ≥ 5, width ≥ 5\)"),
        (nn.Conv2d(3, 8, 5), (3, 9, 9), r"Conv2d.*\(3, 9, 9\), wants"),
        (nn.MaxPool2d((2, 3)), (1, 1, 2, 2), r"MaxPool2d.*height ≥ 2, width ≥ 3"),
        (nn.MaxPool2d(2), (3, 4, 4), r"MaxPool2d.*\(3, 4, 4\), wants \(batch, channels"),
        (nn.BatchNorm1d(4), (3, 5), r"BatchNorm1d\(4\).*\(3, 5\), wants \(batch, 4\)"),
        (nn.BatchNorm2d(4), (3, 4), r"BatchNorm2d\(4\).*wants \(batch, 4, height, width\)"),
        (nn.Flatten(), (3,), r"Flatten\(\).*\(3,\), wants \(batch, …\)"),
    ],
)
def test_mis_shaped_input(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer.forward(np.zeros(shape, np.float32))


@pytest.mark.parametrize("loss", [nn.SoftmaxCrossEntropy(), nn.MSELoss()])
def test_losses_keep_the_promises_too(loss):
    with pytest.raises(RuntimeError, match="backward before forward"):
        loss.backward()
    with pytest.raises(ValueError, match=type(loss).__name__):
        loss.forward(np.zeros((2, 3, 4)), np.zeros(2, int))
    assert loss.get_parameters() == loss.get_gradients() == []


def small_network(dtype=np.float64) -> nn.Sequential:
    rng = np.random.default_rng(0)
    return nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1, rng=rng, dtype=dtype),
        nn.BatchNorm2d(3, dtype=dtype),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(3 * 4 * 3, 5, rng=rng, dtype=dtype),
        nn.Sigmoid(),
        nn.Linear(5, 2, rng=rng, dtype=dtype),
    )


@pytest.mark.parametrize("name", ["Linear", "Conv2d", "BatchNorm1d", "Sequential", "nested"])
def test_backward_parameters_is_backward_without_the_input(name):
    if name in LAYERS:
        make, shape = LAYERS[name]
        model = make(np.float64)
    else:
        model, shape = small_network(), (4, 1, 8, 7)
        if name == "nested":  # what comes first has no parameters, or is a Sequential itself
            model = nn.Sequential(nn.Sigmoid(), nn.Sequential(nn.ReLU(), model))
    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape)
    g = rng.standard_normal(model.forward(x).shape)
    model.backward(g)
    expected = [gradient.copy() for gradient in model.get_gradients()]
    model.forward(x)
    for gradient in model.get_gradients():
        gradient.fill(np.nan)
    assert model.backward_parameters(g) is None
    for ours, full in zip(model.get_gradients(), expected, strict=True):
        np.testing.assert_array_equal(ours, full)
    with pytest.raises(ValueError, match="backward got a gradient of shape"):
        model.backward_parameters(g[:1])


def test_sequential_nests_and_takes_a_list():
    a, b, c = nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)
    model = nn.Sequential([nn.Sequential(a, b), c])
    assert all(p is q for p, q in zip(model.get_parameters(), [a.W, a.b, c.W, c.b], strict=True))
    model.backward(model.forward(np.ones((2, 3), np.float32)))
    assert all(p is q for p, q in zip(model.get_gradients(), [a.dW, a.db, c.dW, c.db], strict=True))
    assert nn.Linear(2, 2).W.dtype == nn.BatchNorm1d(2).gamma.dtype == np.float32
    assert nn.Conv2d(1, 1, 1).W.dtype == np.float32
    assert len(model) == 2
    assert model[1] is c
    model.eval()
    assert not any(m.training for m in (a, b, c))
    model.train()
    assert all(m.training for m in (a, b, c))


def test_sequential_refuses_what_it_cannot_run():
    with pytest.raises(ValueError, match=r"SoftmaxCrossEntropy\(\) in place 1.*wants a layer"):
        nn.Sequential(nn.Linear(2, 2), nn.SoftmaxCrossEntropy())
    with pytest.raises(ValueError, match="in place 0"):
        nn.Sequential(np.tanh, nn.ReLU())
    relu = nn.ReLU()
    with pytest.raises(ValueError, match="same module twice"):
        nn.Sequential(relu, nn.Linear(2, 2), relu)


def test_state_comes_back():
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Sequential(nn.Dropout(0.5, rng=0)))
    x = np.random.default_rng(0).standard_normal((8, 3)).astype(np.float32)
    state = model.get_state()
    first = model.forward(x)
    model.set_state(state)
    assert not model[0].running_mean.any()
    np.testing.assert_array_equal(model.forward(x), first)
