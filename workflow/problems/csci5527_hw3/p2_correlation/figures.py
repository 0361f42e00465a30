"""CSCI 5527 HW 3, problem 2: edges of ascent, the eye of face; four tables."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

X, Y = (3, 2, 1), (4, 6, 3, 9)  # part (a)


def show(panel, image, title, *, cmap="gray", **options):
    """An image with its own pixels in the file, and no frame."""
    panel.imshow(image, cmap=cmap, interpolation="none", **options)
    panel.set_title(title)
    panel.axis("off")


def shape_text(shape):
    return " × ".join(str(n) for n in shape)


with script.run(snakemake):
    metrics, arrays = read_json(snakemake.input.metrics), read_arrays(snakemake.input.arrays)
    seconds = read_json(snakemake.input.timing)
    standin = read_json(snakemake.input.source)["standin"]

    # (e) One scale for both magnitudes, or the border of ours would darken the rest.
    figure, axes = figures.new(1, 3, height=2.3)
    ours, theirs = arrays["ours"], arrays["theirs"]
    brightest = np.quantile(theirs, 0.995)
    show(axes[0], arrays["ascent"], "image")
    show(axes[1], ours, "ours, full", vmin=0, vmax=brightest)
    show(axes[2], theirs, "SciPy's example, same", vmin=0, vmax=brightest)
    figures.save(figure, snakemake.output.gradient, standin=standin)

    # (f) As in SciPy's example, with both implementations beside each other.
    noisy, scores, theirs = arrays["noisy"], arrays["scores"], arrays["scipys"]
    rows, columns = noisy.shape
    extent = (-0.5, columns - 0.5, rows - 0.5, -0.5)  # of every second pixel of all
    found = metrics["template"]
    figure, axes = figures.new(
        1, 4, height=1.55, width_ratios=(0.45, 1, 1, 1), gridspec_kw={"wspace": 0.02}
    )
    show(axes[0], arrays["template"], "template")
    show(axes[1], noisy[::2, ::2], "image with noise", extent=extent)
    show(axes[2], scores[::2, ::2], "ours", extent=extent, cmap=figures.SEQUENTIAL)
    show(axes[3], theirs[::2, ::2], "SciPy's", extent=extent, cmap=figures.SEQUENTIAL)
    for panel in axes[1:3]:
        panel.plot(found["column"], found["row"], "o", ms=8, mfc="none", mew=1.2,
                   color=figures.COLOURS[1])  # fmt: skip
    for panel in axes[1:4:2]:
        panel.plot(found["scipy_column"], found["scipy_row"], "+", ms=9, mew=1.2,
                   color=figures.ON_IMAGES)  # fmt: skip
    figures.save(figure, snakemake.output.template, standin=standin)

    # (a) Every position of x, as the text describes the sliding.
    rows = []
    for k, value in enumerate(metrics["answer_a"]):
        pairs = [(i, i + k - len(X) + 1) for i in range(len(X))]
        terms = [f"{X[i]} · {Y[j]}" for i, j in pairs if 0 <= j < len(Y)]
        above = ["·"] * (len(X) - 1) + [str(v) for v in Y] + ["·"] * (len(X) - 1)
        window = " ".join(above[k : k + len(X)])
        rows.append([str(k + 1), window, " + ".join(terms), str(value)])
    write_table(
        snakemake.output.sliding,
        ["position", "under 3 2 1 lies", "products", "sum"],
        rows,
        "rclr",
    )

    write_table(
        snakemake.output.agreement,
        ["Z₁", "Z₂", "direct", "FFT", "chosen by size"],
        [
            [
                shape_text(row["z1"]),
                shape_text(row["z2"]),
                *(numbers.scientific(row[way]) for way in ("direct", "fft", "auto")),
            ]
            for row in metrics["scipy"]["named"]
        ],
        "llrrr",
    )

    edges, eye = seconds["gradient"], seconds["template"]
    size = shape_text((found["height"], found["width"]))
    times = [
        ("(e) two 3 × 3 filters", "ours", "direct", edges["ours"], ""),
        ("", "`correlate2d`", "direct", edges["correlate2d"], ""),
        (f"(f) template {size}", "`correlate2d`", "direct", eye["correlate2d"], r"\*"),
        ("", "ours", "direct", eye["ours_direct"], r"\*"),
        ("", "ours, chosen by size", "Fourier transforms", eye["ours"], ""),
        ("", '`correlate`, `method="auto"`', "Fourier transforms", eye["correlate"], ""),
    ]
    write_table(
        snakemake.output.timing,
        ["task", "function", "way", "time / ms"],
        [[*row, numbers.fixed(1e3 * time, 1) + note] for *row, time, note in times if time],
        "lllr",
    )

    ways = {
        "planes": "ours: sum of 2D cross-correlations, equation (1) of the text",
        "tubes": "inner products of 3D tubes, place by place",
        "slice": "slice number D of SciPy's full 3D cross-correlation",
    }
    write_table(
        snakemake.output.multichannel,
        ["computed as", "relative error against `torch.nn.Conv2d`"],
        [
            [title, numbers.scientific(metrics["multichannel"][name])]
            for name, title in ways.items()
        ],
    )
