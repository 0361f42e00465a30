"""What the sample report says in the PDF and on the page alike."""

SAID = (
    # first page
    "the two slopes agree: 3.2 × 10⁻⁹ (our bar ≤ 10⁻⁵",
    "test accuracy: 93.21 %† (asked ≥ 92.00 %, not applicable)",
    "1 check passed: 1 on sampled cases.",
    "Stand-in data. Not the real data but a stand-in was used for toy",
    # numbers
    "The slope is 0.9877 by both ways, which differ by 3.2 × 10⁻⁹ (method: normal_eq).",
    "The accuracy is 93.21 %†",
    # callouts, code, footnotes, provenance
    "Why the start does not matter The loss is convex",
    "A trap Centre the data first.",
    "return x @ y / (x @ x)",
    "In ascending order, unlike the singular values.",
    "toy: 1.0; stand-in, not the real data; license CC BY 4.0",
)

# References of every kind, and captions.
NUMBERED = (
    "Two problems, Problem 1 and Problem 2,",
    "partial derivatives of Equation 1 to zero",
    "In Figure 1 the line",
    "Figure 2 and Figure 2b, equation 1 and Table 1, Table 2.",
    "Figure 1. The points and the line of Equation 2:",
    "(a) Fitted.",
    "(b) Residuals.",
    "Figure 2. Both views of the same line.",
    "Table 1. Every start ends at the same slope.",
    "start from slope 0 0.5000 0.9877",
)
