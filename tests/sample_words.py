"""What the sample report says in the PDF and on the page alike."""

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
