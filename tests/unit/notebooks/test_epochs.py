"""Progress in a notebook."""

from __future__ import annotations

from proofsheet.notebooks.epochs import Epochs


def test_a_line_says_how_far_a_training_is(capsys):
    epochs = Epochs(2, "mlp")
    for epoch in epochs:
        epochs.report(loss=1.0 - epoch, accuracy=0.5)
    assert capsys.readouterr().out.splitlines() == [
        "mlp, 1 of 2: loss 1.0000, accuracy 0.5000",
        "mlp, 2 of 2: loss 0.0000, accuracy 0.5000",
    ]
